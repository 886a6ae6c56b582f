import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job } from '../queries/job.ts';
import type { Owned } from '../queries/owned.ts';
import { publishJob } from './publish-job.ts';
import { codesRetryableByPerson } from './run-policy.ts';

/**
 * Lets a job that ended in error run again, with all its tries before it. The run number goes on: it is the fence.
 *
 * `notBefore` stays where the sweep has put it: for a moment it may be clearing away what earlier runs stored. It then
 * publishes the job itself when the time has come.
 *
 * @throws AppError `not_found`; `not_retryable` when it has not ended in error, or for a reason that stays; `unavailable`
 */
export async function retryJob(deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>, owned: Owned): Promise<Job> {
  const { id, owner } = owned;
  const [next] = await deps.database.run((executor) =>
    executor
      .update(jobs)
      .set({
        status: 'uploaded',
        tries: 0,
        crashes: 0,
        lostLeases: 0,
        errorCode: null,
        errorMessage: null,
        startedAt: null,
        finishedAt: null,
        notBefore: sql`greatest(${jobs.notBefore}, now())`,
        publishedAt: sql`case when ${isDue} then now() end`,
      })
      .where(
        and(
          eq(jobs.id, id),
          eq(jobs.owner, owner),
          eq(jobs.status, 'error'),
          isNull(jobs.deletedAt),
          inArray(jobs.errorCode, codesRetryableByPerson),
        ),
      )
      .returning({ run: jobs.run, publishedAt: jobs.publishedAt }),
  );
  if (!next) {
    const job = await getJob(deps, owned);
    throw new AppError('not_retryable', whyNot(job));
  }
  if (next.publishedAt) await publishJob(deps, { id: owned.id, run: next.run });
  return getJob(deps, owned);
}

const isDue = lte(jobs.notBefore, sql`now()`);

const whyNot = ({ error }: Job): string =>
  error ? `A job that ended in ${error.code} would end so again.` : 'Only a job that ended in error can be retried.';
