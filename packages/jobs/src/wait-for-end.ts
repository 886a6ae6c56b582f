import type { JobsDeps } from './deps.ts';
import { getJob } from './get-job.ts';
import type { Job } from './job.ts';
import type { JobEnds } from './job-ends.ts';

/** What waiting needs. */
export type WaitDeps = Pick<JobsDeps, 'database'> & { ends: JobEnds };

/**
 * The job with this id, once it has ended; or as it is when the signal comes first, or the process is ending.
 *
 * @throws AppError `not_found` when there is none, or it is deleted meanwhile
 */
export async function waitForEnd(deps: WaitDeps, id: string, signal: AbortSignal): Promise<Job> {
  const heard = Promise.withResolvers<void>();
  const leave = deps.ends.subscribe([id], () => heard.resolve());
  const giveUp = () => heard.resolve();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const job = await getJob(deps, id);
    if (job.finishedAt || signal.aborted) return job;
    await heard.promise;
    return await getJob(deps, id);
  } finally {
    signal.removeEventListener('abort', giveUp);
    leave();
  }
}
