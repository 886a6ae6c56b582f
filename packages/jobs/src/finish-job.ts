import { images, jobs, type ThumbnailRow, type Timings, type Transaction, thumbnails } from '@thumbnail-api/db';
import { and, eq, sql } from 'drizzle-orm';
import { announceEnd } from './announce-end.ts';
import type { JobsDeps } from './deps.ts';
import { retryUpdate } from './retry-update.ts';
import { type Run, runIs } from './run.ts';

/** What a run made. */
export interface FinishedRun extends Run {
  imageId: string;
  /** Upright size of the picture in pixels, as it was decoded. */
  width: number;
  height: number;
  /** In the order of the job's specs. */
  thumbnails: Omit<ThumbnailRow, 'jobId' | 'position'>[];
  timings: Timings;
}

/**
 * Ends a job in `success`: status, thumbnails and the announcement in one transaction, tried again for a moment where the
 * database is away.
 *
 * @returns false when the run is over already; nothing was written then
 * @throws AppError `unavailable`
 */
export function finishJob({ database }: Pick<JobsDeps, 'database'>, done: FinishedRun): Promise<boolean> {
  const finish = () =>
    database.transaction(async (transaction) => {
      // The image before the job, as a deletion does it: the other way round the two could wait for each other.
      await transaction.select({ id: images.id }).from(images).where(eq(images.id, done.imageId)).for('no key update');
      const ended = await transaction
        .update(jobs)
        .set({ status: 'success', leaseUntil: null, finishedAt: sql`now()`, timings: done.timings })
        .where(runIs(done))
        .returning({ id: jobs.id });
      if (ended.length === 0) return isFinished(transaction, done);
      const rows = done.thumbnails.map((thumbnail, position) => ({ ...thumbnail, jobId: done.id, position }));
      await transaction.insert(thumbnails).values(rows);
      await transaction
        .update(images)
        .set({ width: done.width, height: done.height })
        .where(eq(images.id, done.imageId));
      await announceEnd(transaction, done.id);
      return true;
    });
  return retryUpdate(finish);
}

/** By this very run: the answer to an earlier try was lost. */
async function isFinished(transaction: Transaction, { id, run }: Run): Promise<boolean> {
  const rows = await transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.run, run), eq(jobs.status, 'success')));
  return rows.length > 0;
}
