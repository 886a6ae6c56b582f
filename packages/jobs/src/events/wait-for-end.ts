import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job, Owned } from '../queries/job.ts';
import type { JobEnd } from './job-end-subscriptions.ts';
import type { JobEnds } from './job-ends.ts';

/** What waiting for jobs needs. */
export type WaitDeps = Pick<JobsDeps, 'database'> & { ends: JobEnds };

/**
 * Waits until a job has ended and gives it. Gives the job as it is if the signal is aborted or the process shuts down first.
 *
 * @throws AppError `not_found` if there is no such job, it belongs to another owner or is deleted meanwhile
 */
export async function waitForEnd(deps: WaitDeps, owned: Owned, signal: AbortSignal): Promise<Job> {
  const ended = Promise.withResolvers<JobEnd | undefined>();
  const stopWaiting = () => ended.resolve(undefined);
  // Before the job is read: an end in between is not missed.
  const unsubscribe = deps.ends.subscribe([owned.id], ended.resolve);
  signal.addEventListener('abort', stopWaiting, { once: true });
  try {
    const job = await getJob(deps, owned);
    if (job.finishedAt || signal.aborted) return job;
    const end = await ended.promise;
    return await (end ? end.job() : getJob(deps, owned));
  } finally {
    signal.removeEventListener('abort', stopWaiting);
    unsubscribe();
  }
}
