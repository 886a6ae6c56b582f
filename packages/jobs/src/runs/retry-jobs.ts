import { jobs, type Transaction } from '@thumbnail-api/db';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type JobFilters, matchesFilters } from '../queries/job-filters.ts';
import { isRestartable, restarted } from './restart.ts';

/** Which failed jobs to retry. */
export interface RetrySelection extends Omit<JobFilters, 'status'> {
  /** Only jobs of this batch. */
  batchId?: string | undefined;
}

/** The result of a bulk retry. */
export interface RetriedJobs {
  retried: number;
  /** Whether more jobs match: another call continues. */
  hasMore: boolean;
}

const batchMax = 1_000;

/**
 * Makes all failed jobs that match run again, as `retryJob` does: at most 1 000 a call, oldest first. Jobs that would fail again
 * are left out. The sweep publishes them.
 *
 * @throws AppError `unavailable`
 */
export const retryJobs = ({ database }: Pick<JobsDeps, 'database'>, selection: RetrySelection): Promise<RetriedJobs> =>
  database.transaction((transaction) => restartJobs(transaction, selection));

async function restartJobs(transaction: Transaction, { batchId, ...filters }: RetrySelection): Promise<RetriedJobs> {
  // A job that is locked is being retried or deleted by another request.
  const found = await transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(matchesFilters(filters), isRestartable(), batchId ? eq(jobs.batchId, batchId) : undefined))
    .orderBy(asc(jobs.createdAt), asc(jobs.id))
    .limit(batchMax + 1)
    .for('update', { skipLocked: true });
  const ids = found.slice(0, batchMax).map(({ id }) => id);
  if (ids.length > 0)
    await transaction
      .update(jobs)
      .set({ ...restarted, publishedAt: null })
      .where(inArray(jobs.id, ids));
  return { retried: ids.length, hasMore: found.length > batchMax };
}
