import { type JobRow, jobs } from '@thumbnail-api/db';
import type { JobErrorCode } from '@thumbnail-api/errors';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { announceEnd } from '../events/announce-end.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { runIs } from './run.ts';
import { backoffMs, crashesMax, triesMax } from './run-policy.ts';

/** Why a run failed. */
export interface Failure {
  code: JobErrorCode;
  /** Safe to show to anyone. */
  message: string;
  /** May the same job succeed later with no change? */
  retryable: boolean;
}

/**
 * What became of the job: another run, due now and for the caller to publish, or after `delayMs` and then published by the
 * sweep; its end; or nothing because the run was over already.
 */
export type Settled = { outcome: 'again'; delayMs: number } | { outcome: 'ended' } | { outcome: 'over' };

type FailedRun = Pick<JobRow, 'id' | 'run' | 'tries' | 'crashes'>;

/**
 * Settles a run that failed: a passing failure and a first crash give the job another run, anything else ends it.
 *
 * Tried again for a moment where the database is away. The counters are those the run was claimed with; the fence makes sure that they are still true.
 */
export function failJob({ database }: Pick<JobsDeps, 'database'>, run: FailedRun, failure: Failure): Promise<Settled> {
  const crashed = failure.code === 'render_crashed';
  const crashes = run.crashes + (crashed ? 1 : 0);
  const tries = run.tries + (crashed ? 0 : 1);
  const again = crashed ? crashes < crashesMax : failure.retryable && tries < triesMax;
  const delayMs = again && !crashed ? backoffMs(tries) : 0;
  const next = again
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
  const settle = () =>
    database.transaction(async (transaction): Promise<Settled> => {
      const rows = await transaction
        .update(jobs)
        .set({ ...next, tries, crashes, leaseUntil: null })
        .where(runIs(run))
        .returning({ id: jobs.id });
      if (rows.length === 0) return { outcome: 'over' };
      if (!again) await announceEnd(transaction, run.id);
      return again ? { outcome: 'again', delayMs } : { outcome: 'ended' };
    });
  return retryWhileUnavailable(settle);
}
