import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, lte, sql } from 'drizzle-orm';
import { assertMayAdd } from '../bounds/assert-may-add.ts';
import { type OwnerBounds, unbounded } from '../bounds/owner-bounds.ts';
import type { JobsDeps } from '../deps.ts';
import { assertSameRequest, bindKey, fingerprintOf, type ReservedKey } from '../intake/idempotency-key.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job, Owned } from '../queries/job.ts';
import { isVisible } from '../queries/visible-owner.ts';
import { unknownCostMs } from '../turns/estimate-cost.ts';
import { takeTurn } from '../turns/take-turns.ts';
import { publishJob } from './publish-job.ts';
import { isRestartable, restarted } from './restart.ts';

/** A job to retry, and the trace of the request (W3C `traceparent`), which the worker continues. */
export interface RetriedJob extends Owned {
  trace?: string | undefined;
}

/**
 * Makes a failed job run again, with its counters reset and a new turn. The run number continues, since it is the fence.
 *
 * If the sweep has postponed the job while it removes orphans of earlier runs, the job stays postponed and the sweep
 * publishes it. If the key was used to retry this job before, gives the job as it is now.
 *
 * @throws AppError `not_found`, `not_retryable` if the job has not failed or would fail again, `unavailable`,
 *   `idempotency_mismatch`, `rate_limited` if the owner has too many unfinished jobs
 */
export async function retryJob(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  retried: RetriedJob,
  key?: ReservedKey,
  bounds: OwnerBounds = unbounded,
): Promise<Job> {
  const { id, owner, trace } = retried;
  const owned = { id, owner };
  const fingerprint = fingerprintOf('retry', id);
  if (key?.first) {
    assertSameRequest(key.first, fingerprint);
    return getJob(deps, owned);
  }
  const isMine = and(eq(jobs.id, id), isVisible(jobs.owner, owner), isRestartable());
  const turn = await deps.database.run(async (executor) => {
    const [found] = await executor.select({ owner: jobs.owner, costMs: jobs.costMs }).from(jobs).where(isMine);
    if (!found) return undefined;
    await assertMayAdd(executor, { owner: found.owner, count: 1 }, bounds);
    return takeTurn(executor, found.owner, found.costMs ?? unknownCostMs);
  });
  const next = await deps.database.transaction(async (transaction) => {
    const [row] = await transaction
      .update(jobs)
      .set({ ...restarted, ...turn, ...(trace && { trace }), publishedAt: sql`case when ${isDue} then now() end` })
      .where(isMine)
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
