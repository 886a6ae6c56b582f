import { batches, images, jobs, type Transaction } from '@thumbnail-api/db';
import { originalKey } from '@thumbnail-api/storage';
import { and, eq, isNotNull, lt, notExists, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { deletionGraceSeconds } from '../runs/run-policy.ts';
import { recordDeletions } from './record-deletions.ts';
import { removeThumbnails } from './remove-objects.ts';

const batchMax = 100;
/** After this many errors the store is considered unavailable. A single object that cannot be removed holds up no others. */
const errorsMax = 5;

/**
 * Finishes deletions whose runs can no longer store anything: removes their objects, then deletes their rows. The oldest 100
 * jobs and 100 images a call; stops after five errors.
 *
 * @returns how many rows were deleted
 * @throws the first error, after the other deletions
 */
export async function finishDeletions(
  { database, store }: Pick<JobsDeps, 'database' | 'store'>,
  signal?: AbortSignal,
): Promise<number> {
  const options = signal ? { signal } : {};
  const cutoff = sql`now() - ${deletionGraceSeconds} * interval '1 second'`;
  const errors: unknown[] = [];
  const finishEach = async (rows: { id: string }[], finish: (id: string) => Promise<void>) => {
    for (const { id } of rows) {
      signal?.throwIfAborted();
      if (errors.length < errorsMax) await finish(id).catch((error) => errors.push(error));
    }
  };
  const deletedJobs = await database.run((executor) =>
    executor
      .select({ id: jobs.id, deleteAfter: jobs.deleteAfter })
      .from(jobs)
      .where(lt(jobs.deletedAt, cutoff))
      .orderBy(jobs.deletedAt)
      .limit(batchMax),
  );
  await recordDeletions({ database, store }, { images: [], jobs: firstTries(deletedJobs) }, options);
  await finishEach(deletedJobs, async (id) => {
    await removeThumbnails(store, id, options);
    await database.transaction((transaction) => deleteJobRow(transaction, id));
  });
  const deletedImages = await database.run((executor) =>
    executor
      .select({ id: images.id, deleteAfter: images.deleteAfter })
      .from(images)
      .where(
        and(
          lt(images.deletedAt, cutoff),
          notExists(executor.select({ id: jobs.id }).from(jobs).where(eq(jobs.imageId, images.id))),
        ),
      )
      .orderBy(images.deletedAt)
      .limit(batchMax),
  );
  await recordDeletions({ database, store }, { images: firstTries(deletedImages), jobs: [] }, options);
  await finishEach(deletedImages, async (id) => {
    await store.delete(originalKey(id), options);
    await database.run((executor) =>
      executor.delete(images).where(and(eq(images.id, id), isNotNull(images.deletedAt))),
    );
  });
  if (errors.length > 0) throw errors[0];
  return deletedJobs.length + deletedImages.length;
}

/** The rows whose deletion is not recorded in the store yet: a later try follows one that recorded it. */
const firstTries = (rows: { id: string; deleteAfter: Date | null }[]): string[] =>
  rows.flatMap(({ id, deleteAfter }) => (deleteAfter === null ? [id] : []));

/** Deletes the row. A batch without further jobs becomes empty, and {@link deleteEmptyBatches} deletes it later. */
async function deleteJobRow(transaction: Transaction, id: string): Promise<void> {
  const [deleted] = await transaction
    .delete(jobs)
    .where(and(eq(jobs.id, id), isNotNull(jobs.deletedAt)))
    .returning({ batchId: jobs.batchId });
  if (!deleted?.batchId) return;
  const remaining = transaction.select({ id: jobs.id }).from(jobs).where(eq(jobs.batchId, deleted.batchId));
  await transaction
    .update(batches)
    .set({ emptySince: sql`now()` })
    .where(and(eq(batches.id, deleted.batchId), notExists(remaining)));
}
