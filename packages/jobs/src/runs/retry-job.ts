import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, lte, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job, Owned } from '../queries/job.ts';
import { publishJob } from './publish-job.ts';
import { isRestartable, restarted } from './restart.ts';

/**
 * Makes a failed job run again, with its counters reset. The run number continues, since it is the fence.
 *
 * If the sweep has postponed the job while it removes orphans of earlier runs, the job stays postponed and the sweep
 * publishes it.
 *
 * @throws AppError `not_found`, `not_retryable` if the job has not failed or would fail again, `unavailable`
 */
export async function retryJob(deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>, owned: Owned): Promise<Job> {
  const { id, owner } = owned;
  const [next] = await deps.database.run((executor) =>
    executor
      .update(jobs)
      .set({ ...restarted, publishedAt: sql`case when ${isDue} then now() end` })
      .where(and(eq(jobs.id, id), eq(jobs.owner, owner), isRestartable()))
      .returning({ run: jobs.run, publishedAt: jobs.publishedAt }),
  );
  if (!next) throw new AppError('not_retryable', explainRefusal(await getJob(deps, owned)));
  if (next.publishedAt) await publishJob(deps, { id, run: next.run });
  return getJob(deps, owned);
}

const isDue = lte(jobs.notBefore, sql`now()`);

const explainRefusal = ({ error }: Job): string =>
  error
    ? `The job failed with ${error.code} and would fail again. Send another image or other options.`
    : 'Only a job with the status error can be retried.';
