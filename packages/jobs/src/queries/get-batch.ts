import { batches, type JobStatus, jobStatuses, jobs } from '@thumbnail-api/db';
import { AppError, type ErrorCode, parseErrorCode } from '@thumbnail-api/errors';
import { and, asc, count, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { JobsDeps } from '../deps.ts';
import { type Job, type Owned, readJobs } from './job.ts';
import { isVisible } from './visible-owner.ts';

/** A file of a batch that was rejected. */
export interface RefusedFile {
  /** As the client named it. */
  filename: string | null;
  code: ErrorCode;
  /** Safe to show to clients. */
  message: string;
}

/** Jobs that were sent together. */
export interface Batch {
  id: string;
  createdAt: Date;
  counts: Record<JobStatus, number>;
  refused: RefusedFile[];
  /** In the order of their files, without deleted jobs. */
  jobs: Job[];
}

/** Whether every job of a batch has ended. */
export const hasEnded = ({ counts }: Pick<Batch, 'counts'>): boolean => counts.uploaded + counts.processing === 0;

/** Above the number of jobs that a batch can have. */
const jobsMax = 10_000;

/**
 * Gets a batch with its jobs, counted by status.
 *
 * @throws AppError `not_found` if there is none or it belongs to another owner
 */
export async function getBatch({ database }: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Batch> {
  const [batch] = await database.run((executor) =>
    executor
      .select()
      .from(batches)
      .where(and(eq(batches.id, id), isVisible(batches.owner, owner))),
  );
  if (!batch) throw new AppError('not_found', 'There is no batch with this id.');
  const page = { orderBy: [asc(jobs.id)], limit: jobsMax };
  const [counts, found] = await Promise.all([
    countByStatus({ database }, id),
    database.run((executor) => readJobs(executor, eq(jobs.batchId, id), page)),
  ]);
  return toBatch(batch, counts, found);
}

/** Builds a batch from its row. Another version may have written the row, so unknown error codes are accepted. */
export function toBatch(
  { id, createdAt, refused }: typeof batches.$inferSelect,
  counts: Batch['counts'],
  found: Job[],
): Batch {
  return { id, createdAt, counts, refused: storedRefusals.parse(refused), jobs: found };
}

const storedRefusals: z.ZodType<RefusedFile[]> = z
  .array(
    z.object({
      filename: z.string().nullable().catch(null),
      code: z.string().catch('').transform(parseErrorCode),
      message: z.string().catch(''),
    }),
  )
  .catch([]);

async function countByStatus({ database }: Pick<JobsDeps, 'database'>, batchId: string): Promise<Batch['counts']> {
  const rows = await database.run((executor) =>
    executor
      .select({ status: jobs.status, count: count() })
      .from(jobs)
      .where(and(eq(jobs.batchId, batchId), isNull(jobs.deletedAt)))
      .groupBy(jobs.status),
  );
  const counts = Object.fromEntries(jobStatuses.map((status) => [status, 0])) as Batch['counts'];
  for (const row of rows) counts[row.status] = row.count;
  return counts;
}
