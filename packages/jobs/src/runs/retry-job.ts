import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, lte, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { assertSameRequest, bindKey, fingerprintOf, type ReservedKey } from '../intake/idempotency-key.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job, Owned } from '../queries/job.ts';
import { isVisible } from '../queries/visible-owner.ts';
import { publishJob } from './publish-job.ts';
import { isRestartable, restarted } from './restart.ts';

/**
 * Makes a failed job run again, with its counters reset. The run number continues, since it is the fence.
 *
 * If the sweep has postponed the job while it removes orphans of earlier runs, the job stays postponed and the sweep
 * publishes it. If the key was used to retry this job before, gives the job as it is now.
 *
 * @throws AppError `not_found`, `not_retryable` if the job has not failed or would fail again, `unavailable`,
 *   `idempotency_mismatch`
 */
export async function retryJob(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  owned: Owned,
  key?: ReservedKey,
): Promise<Job> {
  const { id, owner } = owned;
  const fingerprint = fingerprintOf('retry', id);
  if (key?.first) {
    assertSameRequest(key.first, fingerprint);
    return getJob(deps, owned);
  }
  const next = await deps.database.transaction(async (transaction) => {
    const [row] = await transaction
      .update(jobs)
      .set({ ...restarted, publishedAt: sql`case when ${isDue} then now() end` })
      .where(and(eq(jobs.id, id), isVisible(jobs.owner, owner), isRestartable()))
      .returning({ run: jobs.run, publishedAt: jobs.publishedAt });
    if (row && key) await bindKey(transaction, key, { jobId: id, fingerprint });
    return row;
  });
  if (!next) throw new AppError('not_retryable', explainRefusal(await getJob(deps, owned)));
  if (next.publishedAt) await publishJob(deps, { id, run: next.run });
  return getJob(deps, owned);
}

const isDue = lte(jobs.notBefore, sql`now()`);

const explainRefusal = ({ error }: Job): string =>
  error
    ? `The job failed with ${error.code} and would fail again. Send another image or other options.`
    : 'Only a job with the status error can be retried.';
