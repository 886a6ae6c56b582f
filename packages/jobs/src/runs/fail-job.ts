import { type JobRow, jobs } from '@thumbnail-api/db';
import type { JobErrorCode } from '@thumbnail-api/errors';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { announceEnd } from '../events/announce-end.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { isCurrentRun } from './run.ts';
import { backoffMs, crashesMax, triesMax } from './run-policy.ts';

/** Why a run failed. */
export interface Failure {
  code: JobErrorCode;
  /** Safe to show to clients. */
  message: string;
  /** Whether the same job may succeed later without a change. */
  retryable: boolean;
}

/**
 * What a failed run means for its job:
 *
 * - `retry`: it runs again. The caller publishes it if `delayMs` is 0; otherwise the sweep publishes it after the delay.
 * - `ended`: it ended in error.
 * - `superseded`: nothing changed, because the run was no longer current.
 */
export type FailureOutcome = { outcome: 'retry'; delayMs: number } | { outcome: 'ended' } | { outcome: 'superseded' };

/** The counters are those of the claim: they cannot change while the run is current. */
type FailedRun = Pick<JobRow, 'id' | 'run' | 'tries' | 'crashes'>;

/**
 * Records that a run failed. A transient failure and a first crash give the job another run; anything else ends it.
 *
 * Retries while the database is unavailable, for up to 6 s.
 *
 * @throws AppError `unavailable`
 */
export function failJob(
  { database }: Pick<JobsDeps, 'database'>,
  run: FailedRun,
  failure: Failure,
): Promise<FailureOutcome> {
  const hasCrashed = failure.code === 'render_crashed';
  const crashes = run.crashes + (hasCrashed ? 1 : 0);
  const tries = run.tries + (hasCrashed ? 0 : 1);
  const mayRetry = hasCrashed ? crashes < crashesMax : failure.retryable && tries < triesMax;
  const delayMs = mayRetry && !hasCrashed ? backoffMs(tries) : 0;
  const change = mayRetry
    ? {
        status: 'uploaded' as const,
        notBefore: sql`now() + ${delayMs} * interval '1 ms'`,
        publishedAt: delayMs > 0 ? null : sql`now()`,
      }
    : {
        status: 'error' as const,
        errorCode: failure.code,
        errorMessage: failure.message,
        finishedAt: sql`now()`,
      };
  const fail = () =>
    database.transaction(async (transaction): Promise<FailureOutcome> => {
      const rows = await transaction
        .update(jobs)
        .set({ ...change, tries, crashes, leaseUntil: null })
        .where(isCurrentRun(run))
        .returning({ id: jobs.id });
      if (rows.length === 0) return { outcome: 'superseded' };
      if (mayRetry) return { outcome: 'retry', delayMs };
      await announceEnd(transaction, run.id);
      return { outcome: 'ended' };
    });
  return retryWhileUnavailable(fail);
}
