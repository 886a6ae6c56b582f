import { readCpuMs } from '../measure/cpu.ts';
import { addJob, repeat } from './client.ts';
import type { Servers } from './start-servers.ts';
import type { Service } from './start-service.ts';
import { waitForAllJobs } from './wait-for-all-jobs.ts';

/** A job to measure. */
export interface MeasuredJob {
  imageId: string;
  /** The body of `POST /images/{id}/jobs`. */
  options: object;
}

/** Runs `times` equal jobs and returns the mean CPU time of workers and renderers for a job, in milliseconds. */
export async function measureJobs(
  { sql }: Servers,
  { api, workerPids }: Service,
  { imageId, options }: MeasuredJob,
  times: number,
): Promise<number> {
  await waitForAllJobs(sql);
  const before = readCpuMs(workerPids);
  await repeat(times, 4, () => addJob(api, imageId, options));
  await waitForAllJobs(sql);
  return (readCpuMs(workerPids) - before) / times;
}

/** After this many jobs the runtime compiles nothing more, as in a service that has run for days. */
const warmUpJobs = 600;

/** Runs small jobs until the runtime has compiled the programs. */
export async function warmUp(servers: Servers, service: Service, imageId: string): Promise<void> {
  await measureJobs(servers, service, { imageId, options: { width: 32, height: 32 } }, warmUpJobs);
}
