import { batches, type Database, images, jobs } from '@thumbnail-api/db';
import { and, asc, eq, inArray, isNotNull, notExists, sql } from 'drizzle-orm';
import type { DeletionTable } from './claim-deletions.ts';

/** Deletes the rows of deleted images or jobs, with the thumbnails of the jobs. Their objects must be gone. */
export async function deleteRows(database: Database, table: DeletionTable, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  if (table === 'jobs') await deleteJobRows(database, ids);
  else
    await database.run((executor) =>
      executor.delete(images).where(and(inArray(images.id, ids), isNotNull(images.deletedAt))),
    );
}

/**
 * A batch without further jobs becomes empty, and {@link deleteEmptyBatches} deletes it later.
 *
 * Locks the batches first: of two workers that delete the last jobs of a batch, one waits for the other and sees that the
 * batch is empty.
 */
async function deleteJobRows(database: Database, ids: string[]): Promise<void> {
  await database.transaction(async (transaction) => {
    const isDeleted = and(inArray(jobs.id, ids), isNotNull(jobs.deletedAt));
    const batchIds = transaction.select({ id: jobs.batchId }).from(jobs).where(isDeleted);
    const locked = await transaction
      .select({ id: batches.id })
      .from(batches)
      .where(inArray(batches.id, batchIds))
      .orderBy(asc(batches.id))
      .for('update');
    await transaction.delete(jobs).where(isDeleted);
    if (locked.length === 0) return;
    const lockedIds = locked.map(({ id }) => id);
    const remaining = transaction.select({ id: jobs.id }).from(jobs).where(eq(jobs.batchId, batches.id));
    await transaction
      .update(batches)
      .set({ emptySince: sql`now()` })
      .where(and(inArray(batches.id, lockedIds), notExists(remaining)));
  });
}
