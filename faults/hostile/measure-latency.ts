/** Times of requests in milliseconds, by what was requested. */
export type Latencies = Record<'live' | 'job', number[]>;

/** How an honest client asks for its job. */
export interface HonestClient {
  url: string;
  key: string;
  jobId: string;
}

/** Sends requests for liveness and a job alternately, one at a time, and adds the time of each to `latencies`. */
export async function measureLatency(
  { url, key, jobId }: HonestClient,
  count: number,
  latencies: Latencies,
): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  for (let sample = 0; sample < count; sample += 1) {
    for (const [name, path] of [
      ['live', '/health/live'],
      ['job', `/jobs/${jobId}`],
    ] as const) {
      const startedAt = performance.now();
      const response = await fetch(url + path, { headers });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
      latencies[name].push(performance.now() - startedAt);
    }
  }
}

/** The 99th percentile. */
export const p99 = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
