import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { isCurrentRun, type Run } from './run.ts';

/**
 * Postpones a job whose run failed for no fault of its own: it is due again after `delayMs`, and no failure is counted. The
 * sweep publishes it then.
 *
 * Retries while the database is unavailable, for up to 6 s.
 *
 * @returns false if the run was no longer current; nothing was written then
 * @throws AppError `unavailable`
 */
export function postponeJob({ database }: Pick<JobsDeps, 'database'>, run: Run, delayMs: number): Promise<boolean> {
  const notBefore = sql`now() + ${delayMs} * interval '1 ms'`;
  return retryWhileUnavailable(async () => {
    const rows = await database.run((executor) =>
      executor
        .update(jobs)
        .set({ status: 'uploaded', leaseUntil: null, notBefore, publishedAt: null })
        .where(isCurrentRun(run))
        .returning({ id: jobs.id }),
    );
    return rows.length > 0;
  });
}
