import { type Executor, type ImageRow, images, type JobRow, jobs } from '@thumbnail-api/db';
import { parseStoredSpecs, type Spec } from '@thumbnail-api/thumbnail-spec';
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { isDue } from './is-due.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { leaseSeconds } from './run-policy.ts';

/** A job with a run in progress, until its lease expires. */
export interface ClaimedJob extends Omit<JobRow, 'specs'> {
  image: ImageRow;
  specs: Spec[];
}

/** The end of a lease that starts now, on the database's clock. */
export const newLease = () => sql`now() + ${leaseSeconds} * interval '1 second'`;

type ClaimDeps = Pick<JobsDeps, 'database'>;

/**
 * Starts the next run of the due job with the earliest fair start: sets `processing`, increments the run number and takes a
 * lease. Does not wait for jobs that another process is changing.
 *
 * Retries while the database is unavailable, for up to 6 s: the message is dropped if this throws, and the sweep notices
 * that a message is missing only after some seconds.
 *
 * @returns null if no job is due
 * @throws AppError `unavailable`
 */
export const claimNextJob = (deps: ClaimDeps): Promise<ClaimedJob | null> =>
  claimWhere(deps, (executor) => {
    const next = executor
      .select({ id: jobs.id })
      .from(jobs)
      .where(isDue)
      .orderBy(asc(jobs.fairStart), asc(jobs.id))
      .limit(1)
      .for('no key update', { skipLocked: true });
    return sql`${jobs.id} = (${next})`;
  });

/**
 * Starts the next run of a certain job, as {@link claimNextJob} does. Waits if another process is changing the job.
 *
 * @returns null if the job is not due, leased, finished or deleted, or does not exist
 * @throws AppError `unavailable`
 */
export const claimJob = (deps: ClaimDeps, id: string): Promise<ClaimedJob | null> =>
  claimWhere(deps, () => eq(jobs.id, id));

async function claimWhere({ database }: ClaimDeps, select: (executor: Executor) => SQL): Promise<ClaimedJob | null> {
  const claim = (executor: Executor) =>
    executor
      .update(jobs)
      .set({ status: 'processing', run: sql`${jobs.run} + 1`, leaseUntil: newLease(), startedAt: sql`now()` })
      .from(images)
      .where(and(select(executor), eq(images.id, jobs.imageId), isDue))
      .returning({ job: jobs, image: images });
  const [row] = await retryWhileUnavailable(() => database.run(claim));
  return row ? { ...row.job, specs: parseStoredSpecs(row.job.specs), image: row.image } : null;
}
