import { batches, images, jobs, type Transaction } from '@thumbnail-api/db';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Batch, toBatch } from '../queries/get-batch.ts';
import { type Job, toJob } from '../queries/job.ts';
import { estimateCostMs } from '../turns/estimate-cost.ts';
import { type Turn, takeTurns } from '../turns/take-turns.ts';
import { bindKey, fingerprintOf, type ReservedKey } from './idempotency-key.ts';
import type { ReceivedFiles } from './receive-batch.ts';
import { isWindowOpen, type UploadWindow, uploadTimedOut } from './upload-window.ts';

/** The rows to insert. */
export interface NewBatchRows extends ReceivedFiles {
  id: string;
  owner: string;
  specs: Spec[];
  key: ReservedKey | undefined;
  trace: string | undefined;
}

/** Identifies what a request for a batch asks for. */
export const batchFingerprint = (contents: string[], specs: Spec[]): string => fingerprintOf('batch', contents, specs);

/**
 * Takes the owner's next turns, then inserts a batch with its images and jobs and binds the key to it, in one transaction.
 *
 * Gives the batch as it was committed. Reading it again could fail, and the client would send files again that are stored.
 *
 * @throws AppError `request_timeout` if the upload passed its deadline, `unavailable`, also as `CommitUnknown`
 */
export async function insertBatch(
  { database }: Pick<JobsDeps, 'database'>,
  rows: NewBatchRows,
  window: UploadWindow,
): Promise<Batch> {
  const { id, owner, accepted, refused, contents, specs, key } = rows;
  const costsMs = accepted.map(({ original }) => estimateCostMs(original, specs));
  const turns = await database.run((executor) => takeTurns(executor, owner, costsMs));
  return database.transaction(async (transaction) => {
    await assertOpen(transaction, window);
    const emptySince = accepted.length === 0 ? sql`now()` : null;
    const [batch] = await transaction.insert(batches).values({ id, owner, refused, emptySince }).returning();
    if (!batch) throw new Error('INSERT into batches returned no row');
    const inserted = accepted.length === 0 ? [] : await insertJobs(transaction, rows, turns);
    if (key) {
      await bindKey(transaction, key, { batchId: id, fingerprint: batchFingerprint(contents, specs) });
      // Again: binding may have waited for a lock.
      await assertOpen(transaction, window);
    }
    return toBatch(batch, { uploaded: inserted.length, processing: 0, success: 0, error: 0 }, inserted);
  });
}

async function assertOpen(transaction: Transaction, window: UploadWindow): Promise<void> {
  const [checked] = await transaction.execute(sql`select ${isWindowOpen(window)} as "isOpen"`);
  if (!checked?.isOpen) throw uploadTimedOut();
}

async function insertJobs(
  transaction: Transaction,
  { id: batchId, owner, accepted, specs, trace }: NewBatchRows,
  turns: Turn[],
): Promise<Job[]> {
  const imageRows = await transaction
    .insert(images)
    .values(accepted.map(({ filename, original: { imageId: id, ...facts } }) => ({ id, owner, filename, ...facts })))
    .returning();
  const publishedAt = sql`now()`;
  const jobRows = await transaction
    .insert(jobs)
    .values(
      accepted.map(({ jobId: id, original: { imageId } }, index) => ({
        ...{ id, owner, imageId, batchId, specs, publishedAt, trace },
        ...turns[index],
      })),
    )
    .returning();
  const imagesById = new Map(imageRows.map((image) => [image.id, image]));
  return jobRows.flatMap((row) => {
    const image = imagesById.get(row.imageId);
    return image ? [toJob(row, image, [])] : [];
  });
}
