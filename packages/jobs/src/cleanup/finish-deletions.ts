import { batches, images, jobs, type Transaction } from '@thumbnail-api/db';
import { originalKey } from '@thumbnail-api/storage';
import { and, eq, isNotNull, lt, notExists, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { deletionGraceSeconds } from '../runs/run-policy.ts';
import { removeThumbnails } from './remove-objects.ts';

const batchMax = 100;
/** So many objects may be held fast before the store is taken to be away: one of them must not hold up all that come after. */
const faultsMax = 5;

/**
 * Ends deletions whose runs can no longer be at work: removes what is in the store, lists again, and only then lets go of
 * the rows. The oldest 100 jobs and 100 images a call; stops at the fifth that the store does not let go.
 *
 * @returns how many rows went
 * @throws the first fault, after the others had their turn
 */
export async function finishDeletions(
  { database, store }: Pick<JobsDeps, 'database' | 'store'>,
  signal?: AbortSignal,
): Promise<number> {
  const options = signal ? { signal } : {};
  const longAgo = sql`now() - ${deletionGraceSeconds} * interval '1 second'`;
  const faults: unknown[] = [];
  const endEach = async (rows: { id: string }[], end: (id: string) => Promise<void>) => {
    for (const { id } of rows) {
      signal?.throwIfAborted();
      if (faults.length < faultsMax) await end(id).catch((error) => faults.push(error));
    }
  };
  const doomedJobs = await database.run((executor) =>
    executor
      .select({ id: jobs.id })
      .from(jobs)
      .where(lt(jobs.deletedAt, longAgo))
      .orderBy(jobs.deletedAt)
      .limit(batchMax),
  );
  await endEach(doomedJobs, async (id) => {
    await removeThumbnails(store, id, options);
    await database.transaction((transaction) => removeJob(transaction, id));
  });
  const doomedImages = await database.run((executor) =>
    executor
      .select({ id: images.id })
      .from(images)
      .where(
        and(
          lt(images.deletedAt, longAgo),
          notExists(executor.select({ id: jobs.id }).from(jobs).where(eq(jobs.imageId, images.id))),
        ),
      )
      .orderBy(images.deletedAt)
      .limit(batchMax),
  );
  await endEach(doomedImages, async (id) => {
    await store.delete(originalKey(id), options);
    await database.run((executor) =>
      executor.delete(images).where(and(eq(images.id, id), isNotNull(images.deletedAt))),
    );
  });
  if (faults.length > 0) throw faults[0];
  return doomedJobs.length + doomedImages.length;
}

/** With the last of its jobs a batch is empty, and {@link dropBatches} may have it. */
async function removeJob(transaction: Transaction, id: string): Promise<void> {
  const [gone] = await transaction
    .delete(jobs)
    .where(and(eq(jobs.id, id), isNotNull(jobs.deletedAt)))
    .returning({ batchId: jobs.batchId });
  if (!gone?.batchId) return;
  const left = transaction.select({ id: jobs.id }).from(jobs).where(eq(jobs.batchId, gone.batchId));
  await transaction
    .update(batches)
    .set({ emptySince: sql`now()` })
    .where(and(eq(batches.id, gone.batchId), notExists(left)));
}
