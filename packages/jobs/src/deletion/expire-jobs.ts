import { jobs } from '@thumbnail-api/db';
import { and, isNull, lt, ne, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { markJobDeleted } from './mark-deleted.ts';

const batchMax = 100;

/**
 * Deletes jobs that ended more than `retentionDays` ago, on the database's clock; 0 keeps all. The oldest 100 a call.
 *
 * @returns how many were deleted; {@link finishDeletions} removes their objects
 */
export async function expireJobs({ database }: Pick<JobsDeps, 'database'>, retentionDays: number): Promise<number> {
  if (retentionDays === 0) return 0;
  const isExpired = and(
    ne(jobs.status, 'processing'),
    isNull(jobs.deletedAt),
    lt(jobs.finishedAt, sql`now() - ${retentionDays} * interval '1 day'`),
  );
  const expired = await database.run((executor) =>
    executor.select({ id: jobs.id }).from(jobs).where(isExpired).orderBy(jobs.finishedAt).limit(batchMax),
  );
  let deletedCount = 0;
  for (const { id } of expired) {
    // Checked again under the lock: a job that was just retried is not expired.
    const deleted = await database.transaction((transaction) => markJobDeleted(transaction, id, isExpired));
    if (deleted) deletedCount += 1;
  }
  return deletedCount;
}
