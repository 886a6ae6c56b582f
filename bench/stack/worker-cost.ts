import { readCpuMs } from '../measure/cpu.ts';
import { addJob, repeat } from './client.ts';
import type { Servers } from './start-servers.ts';
import type { Service } from './start-service.ts';
import { untilAllEnded } from './until-all-ended.ts';

/** A job that is measured. */
export interface MeasuredJob {
  /** An image that the service has. */
  imageId: string;
  /** As `POST /images/{id}/jobs` takes them. */
  options: object;
}

/** Has so many equal jobs done, and gives the CPU time of workers and renderers for each, in milliseconds. */
export async function measureJobs(
  { sql }: Servers,
  { api, workerPids }: Service,
  { imageId, options }: MeasuredJob,
  times: number,
): Promise<number> {
  await untilAllEnded(sql);
  const before = readCpuMs(workerPids);
  await repeat(times, 4, () => addJob(api, imageId, options));
  await untilAllEnded(sql);
  return (readCpuMs(workerPids) - before) / times;
}

/** So many that a longer run is compiled no further, whatever the effort: a service runs for days. */
const warmUpJobs = 600;

/** Has small jobs done until the programs are compiled as far as they ever are. */
export async function warmUp(servers: Servers, service: Service, imageId: string): Promise<void> {
  await measureJobs(servers, service, { imageId, options: { width: 32, height: 32 } }, warmUpJobs);
}
