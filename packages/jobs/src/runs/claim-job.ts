import { type Executor, type ImageRow, images, type JobRow, jobs } from '@thumbnail-api/db';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { leaseSeconds } from './run-policy.ts';

/** One run of a job, held until its lease ends. */
export interface ClaimedJob extends Omit<JobRow, 'specs'> {
  image: ImageRow;
  /** As `createJob` wrote them. */
  specs: Spec[];
}

/** A lease from now on, by the database's clock. */
export const newLease = () => sql`now() + ${leaseSeconds} * interval '1 second'`;

/**
 * Begins the next run of a job: `processing`, the run number raised, a lease on it. Tried again for a moment where the
 * database is away: the message that asks for it is gone afterwards, and the sweep would miss it a quarter of a minute later.
 *
 * @returns null when there is nothing to do: not due, leased, ended, deleted or never there
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
  return row ? { ...row.job, specs: row.job.specs as Spec[], image: row.image } : null;
}
