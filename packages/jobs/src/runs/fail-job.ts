import { type JobRow, jobs } from '@thumbnail-api/db';
import type { JobErrorCode } from '@thumbnail-api/errors';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { announceEnd } from '../events/announce-end.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { isCurrentRun } from './run.ts';
import { backoffMs, crashesMax, missingBackoffMs, missingMaxMs, triesMax } from './run-policy.ts';

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

/** The counters and times are those of the claim: they cannot change while the run is current. */
type FailedRun = Pick<JobRow, 'id' | 'run' | 'tries' | 'crashes'> & Partial<Pick<JobRow, 'missingSince' | 'startedAt'>>;

/**
 * Records that a run failed. A transient failure and a first crash give the job another run; anything else ends it. A missing
 * original uses up no try: it ends the job when the object store has said so twice, two minutes apart.
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
  const { counters, retryAfterMs } = judge(run, failure);
  const mayRetry = retryAfterMs !== null;
  const delayMs = retryAfterMs ?? 0;
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
        .set({ ...change, ...counters, missingSince: missingAfter(failure), leaseUntil: null })
        .where(isCurrentRun(run))
        .returning({ id: jobs.id });
      if (rows.length === 0) return { outcome: 'superseded' };
      if (mayRetry) return { outcome: 'retry', delayMs };
      await announceEnd(transaction, run.id);
      return { outcome: 'ended' };
    });
  return retryWhileUnavailable(fail);
}

/** The counters after a failure, and the delay of the next run; null if there is none. */
function judge(run: FailedRun, { code, retryable }: Failure) {
  const { tries, crashes } = run;
  if (code === 'original_missing') {
    const missingMs = missingFor(run);
    return { counters: {}, retryAfterMs: missingMs < missingMaxMs ? missingBackoffMs(missingMs) : null };
  }
  if (code === 'render_crashed') {
    return { counters: { crashes: crashes + 1 }, retryAfterMs: crashes + 1 < crashesMax ? 0 : null };
  }
  const mayRetry = retryable && tries + 1 < triesMax;
  return { counters: { tries: tries + 1 }, retryAfterMs: mayRetry ? backoffMs(tries + 1) : null };
}

/** How long before this run the store said that the original is missing; 0 if it has not. Both times are the database's. */
const missingFor = ({ missingSince, startedAt }: FailedRun): number =>
  missingSince && startedAt ? Math.max(0, startedAt.getTime() - missingSince.getTime()) : 0;

/** An unavailable store says nothing about the original; after any other failure it has been read. */
function missingAfter({ code }: Failure): SQL | null {
  if (code === 'original_missing') return sql`coalesce(${jobs.missingSince}, now())`;
  return code === 'storage_unavailable' ? sql`${jobs.missingSince}` : null;
}
