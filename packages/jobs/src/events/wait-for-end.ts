import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job } from '../queries/job.ts';
import type { Owned } from '../queries/owned.ts';
import type { JobEndListener, JobEnds } from './job-ends.ts';

/** What waiting needs. */
export type WaitDeps = Pick<JobsDeps, 'database'> & { ends: JobEnds };

/**
 * The job with this id, once it has ended; or as it is when the signal comes first, or the process is ending.
 *
 * @throws AppError `not_found` when there is none, it is another's, or it is deleted meanwhile
 */
export async function waitForEnd(deps: WaitDeps, owned: Owned, signal: AbortSignal): Promise<Job> {
  const heard = Promise.withResolvers<Parameters<JobEndListener>[0]>();
  const leave = deps.ends.subscribe([owned.id], heard.resolve);
  const giveUp = () => heard.resolve(undefined);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const job = await getJob(deps, owned);
    if (job.finishedAt || signal.aborted) return job;
    const end = await heard.promise;
    return await (end ? end.job() : getJob(deps, owned));
  } finally {
    signal.removeEventListener('abort', giveUp);
    leave();
  }
}
