/** Times of requests in milliseconds, by what was requested. */
export type Latencies = Record<'live' | 'job', number[]>;

/** How an honest client asks for its job. */
export interface HonestClient {
  url: string;
  key: string;
  jobId: string;
}

/** Measures requests for liveness and for a job, alternately and one at a time. @throws Error when one is not answered 200 */
export async function measureLatency({ url, key, jobId }: HonestClient, samples: number): Promise<Latencies> {
  const time = async (path: string) => {
    const startedAt = performance.now();
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
    return performance.now() - startedAt;
  };
  const latencies: Latencies = { live: [], job: [] };
  for (let sample = 0; sample < samples; sample += 1) {
    latencies.live.push(await time('/health/live'));
    latencies.job.push(await time(`/jobs/${jobId}`));
  }
  return latencies;
}
