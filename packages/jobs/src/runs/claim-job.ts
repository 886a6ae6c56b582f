import { type Executor, type ImageRow, images, type JobRow, jobs } from '@thumbnail-api/db';
import { parseStoredSpecs, type Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { leaseSeconds } from './run-policy.ts';

/** A job with a run in progress, until its lease expires. */
export interface ClaimedJob extends Omit<JobRow, 'specs'> {
  image: ImageRow;
  specs: Spec[];
}

/** The end of a lease that starts now, on the database's clock. */
export const newLease = () => sql`now() + ${leaseSeconds} * interval '1 second'`;

/**
 * Starts the next run of a job: sets `processing`, increments the run number and takes a lease.
 *
 * Retries while the database is unavailable, for up to 6 s: the message is dropped if this throws, and the sweep publishes
 * the job again only after 15 s.
 *
 * @returns null if the job is not due, leased, finished or deleted, or does not exist
 * @throws AppError `unavailable`
 */
export async function claimJob({ database }: Pick<JobsDeps, 'database'>, id: string): Promise<ClaimedJob | null> {
  const claim = (executor: Executor) =>
    executor
      .update(jobs)
      .set({ status: 'processing', run: sql`${jobs.run} + 1`, leaseUntil: newLease(), startedAt: sql`now()` })
      .from(images)
      .where(
        and(
          eq(jobs.id, id),
          eq(images.id, jobs.imageId),
          eq(jobs.status, 'uploaded'),
          isNull(jobs.deletedAt),
          lte(jobs.notBefore, sql`now()`),
        ),
      )
      .returning({ job: jobs, image: images });
  const [row] = await retryWhileUnavailable(() => database.run(claim));
  return row ? { ...row.job, specs: parseStoredSpecs(row.job.specs), image: row.image } : null;
}
