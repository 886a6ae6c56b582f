import { batches, images, jobs, type RefusedFile, type Transaction } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { Batch } from '../queries/get-batch.ts';
import { type Job, toJob } from '../queries/job.ts';
import type { Owned } from '../queries/owned.ts';
import type { Original } from './receive-original.ts';
import { isInTime, type UploadWindow } from './upload-window.ts';

/** A file of a batch that is stored and shall have a job. */
export interface Accepted {
  jobId: string;
  filename: string | null;
  original: Original;
}

/** What is to be inserted. */
export interface NewBatchRows extends Owned {
  accepted: Accepted[];
  refused: RefusedFile[];
  specs: Spec[];
}

/**
 * Inserts a batch with its images and jobs, all or nothing.
 *
 * @returns the batch as it was committed: to read it again could fail, and a client would send again what is kept
 * @throws AppError `request_timeout` when the upload is late, `unavailable`, `CommitUnknown` among them
 */
export function insertBatch(
  { database }: Pick<JobsDeps, 'database'>,
  rows: NewBatchRows,
  window: UploadWindow,
): Promise<Batch> {
  const { id, owner, accepted, refused } = rows;
  return database.transaction(async (transaction) => {
    const [clock] = await transaction.execute(sql`select ${isInTime(window)} as "inTime"`);
    if (!clock?.inTime) throw new AppError('request_timeout', 'The upload took too long.');
    const emptySince = accepted.length === 0 ? sql`now()` : null;
    const [batch] = await transaction.insert(batches).values({ id, owner, refused, emptySince }).returning();
    if (!batch) throw new Error('an INSERT that gave no row');
    const made = accepted.length === 0 ? [] : await insertJobs(transaction, rows);
    const counts = { uploaded: made.length, processing: 0, success: 0, error: 0 };
    return { ...batch, counts, jobs: made };
  });
}

async function insertJobs(
  transaction: Transaction,
  { id: batchId, owner, accepted, specs }: NewBatchRows,
): Promise<Job[]> {
  const imageRows = await transaction
    .insert(images)
    .values(accepted.map(({ filename, original: { imageId: id, ...facts } }) => ({ id, owner, filename, ...facts })))
    .returning();
  const publishedAt = sql`now()`;
  const jobRows = await transaction
    .insert(jobs)
    .values(
      accepted.map(({ jobId: id, original: { imageId } }) => ({ id, owner, imageId, batchId, specs, publishedAt })),
    )
    .returning();
  const byId = new Map(imageRows.map((image) => [image.id, image]));
  return jobRows.flatMap((row) => {
    const image = byId.get(row.imageId);
    return image ? [toJob(row, image, [])] : [];
  });
}
