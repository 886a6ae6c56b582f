import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, lt, ne, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { tombstoneJob } from './tombstone.ts';

const batchMax = 100;

/**
 * Deletes jobs that ended more than `retentionDays` ago, by the database's clock; 0 keeps them all. The oldest 100 a call.
 *
 * @returns how many were deleted; their objects go with the deletions that {@link finishDeletions} finishes
 */
export async function expireJobs({ database }: Pick<JobsDeps, 'database'>, retentionDays: number): Promise<number> {
  if (retentionDays === 0) return 0;
  // Asked again under the lock: a person may have just retried the job, and then it has not ended.
  const expired = and(
    ne(jobs.status, 'processing'),
    isNull(jobs.deletedAt),
    lt(jobs.finishedAt, sql`now() - ${retentionDays} * interval '1 day'`),
  );
  const due = await database.run((executor) =>
    executor.select({ id: jobs.id }).from(jobs).where(expired).orderBy(jobs.finishedAt).limit(batchMax),
  );
  let deleted = 0;
  for (const { id } of due) {
    const gone = await database.transaction((transaction) =>
      tombstoneJob(transaction, id, and(eq(jobs.id, id), expired)),
    );
    if (gone) deleted += 1;
  }
  return deleted;
}
