import { batches, type JobStatus, jobStatuses, jobs, type RefusedFile } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, asc, count, eq, isNull } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Job, readJobs } from './job.ts';
import type { Owned } from './owned.ts';

/** Jobs that were sent together. */
export interface Batch {
  id: string;
  createdAt: Date;
  counts: Record<JobStatus, number>;
  refused: RefusedFile[];
  /** In the order of their files, those that were deleted left out. */
  jobs: Job[];
}

/** Whether every job of a batch has ended. */
export const hasEnded = ({ counts }: Pick<Batch, 'counts'>): boolean => counts.uploaded + counts.processing === 0;

/** More jobs than a batch can have been given. */
const jobsMax = 10_000;

/**
 * The batch with this id, its jobs counted by status.
 *
 * @throws AppError `not_found` when there is none, or it is another's
 */
export async function getBatch({ database }: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Batch> {
  const page = { orderBy: [asc(jobs.id)], limit: jobsMax };
  const [batch] = await database.run((executor) =>
    executor
      .select()
      .from(batches)
      .where(and(eq(batches.id, id), eq(batches.owner, owner))),
  );
  if (!batch) throw new AppError('not_found', 'There is no batch with this id.');
  const [counts, found] = await Promise.all([
    countJobs({ database }, id),
    database.run((executor) => readJobs(executor, eq(jobs.batchId, id), page)),
  ]);
  return { ...batch, counts, jobs: found };
}

/** How many jobs of a batch have each status, in one statement; an unknown batch has none. */
async function countJobs(
  { database }: Pick<JobsDeps, 'database'>,
  batchId: string,
): Promise<Record<JobStatus, number>> {
  const rows = await database.run((executor) =>
    executor
      .select({ status: jobs.status, count: count() })
      .from(jobs)
      .where(and(eq(jobs.batchId, batchId), isNull(jobs.deletedAt)))
      .groupBy(jobs.status),
  );
  const counts = Object.fromEntries(jobStatuses.map((status) => [status, 0])) as Record<JobStatus, number>;
  for (const row of rows) counts[row.status] = row.count;
  return counts;
}
