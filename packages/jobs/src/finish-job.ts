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
 * Ends a job in `success`: status, thumbnails and the announcement in one statement, tried again for a moment where the
 * database is away.
 *
 * @returns false when the run is over already; nothing was written then
 * @throws AppError `unavailable`
 */
export function finishJob({ database }: Pick<JobsDeps, 'database'>, done: FinishedRun): Promise<boolean> {
  const finish = () =>
    database.transaction(async (transaction) => {
      const [row] = await transaction.execute(finishStatement(done));
      return row ? true : isFinished(transaction, done);
    });
  return retryUpdate(finish);
}
