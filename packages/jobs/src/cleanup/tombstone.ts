import { idempotencyKeys, images, jobs, type Transaction } from '@thumbnail-api/db';
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { announceEnd } from '../events/announce-end.ts';
import type { Owned } from '../queries/owned.ts';

/** What a tombstone took with it. */
export interface Tombstoned {
  imageId: string;
  /** No other job used the image. */
  imageGone: boolean;
}

/** What marks a row as deleted: read when the row is locked, since a transaction may have waited for it. */
const deleted = { deletedAt: sql`clock_timestamp()` };
/** The same for a job; the run it may be in is fenced off. */
const deletedJob = { ...deleted, run: sql`${jobs.run} + 1` };

/**
 * Hides a job and ends its run; its image goes with the last job. The image row is locked first, here and wherever a job
 * is added, so that of a deletion and a new job one sees the other.
 *
 * @param where what must also hold of the job
 * @returns null when there is no such job, or no longer
 */
export async function tombstoneJob(transaction: Transaction, id: string, where?: SQL): Promise<Tombstoned | null> {
  const [job] = await transaction
    .select({ imageId: jobs.imageId })
    .from(jobs)
    .where(and(eq(jobs.id, id), isNull(jobs.deletedAt), where));
  if (!job) return null;
  const { imageId } = job;
  await transaction.select({ id: images.id }).from(images).where(eq(images.id, imageId)).for('update');
  const [gone] = await transaction
    .update(jobs)
    .set(deletedJob)
    .where(and(eq(jobs.id, id), isNull(jobs.deletedAt), where))
    .returning({ id: jobs.id });
  if (!gone) return null;
  await forget(transaction, id);
  const [other] = await transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.imageId, imageId), isNull(jobs.deletedAt)))
    .limit(1);
  if (!other) await transaction.update(images).set(deleted).where(eq(images.id, imageId));
  return { imageId, imageGone: !other };
}

/**
 * Hides an image and all its jobs, and ends their runs.
 *
 * @returns the jobs; null when there is no such image, or no longer
 */
export async function tombstoneImage(transaction: Transaction, { id, owner }: Owned): Promise<string[] | null> {
  const [gone] = await transaction
    .update(images)
    .set(deleted)
    .where(and(eq(images.id, id), eq(images.owner, owner), isNull(images.deletedAt)))
    .returning({ id: images.id });
  if (!gone) return null;
  const hidden = await transaction
    .update(jobs)
    .set(deletedJob)
    .where(and(eq(jobs.imageId, id), isNull(jobs.deletedAt)))
    .returning({ id: jobs.id });
  for (const job of hidden) await forget(transaction, job.id);
  return hidden.map((job) => job.id);
}

/** Whoever waits for the job looks again, and whoever sends its key again makes a new one. */
async function forget(transaction: Transaction, jobId: string): Promise<void> {
  await transaction.delete(idempotencyKeys).where(eq(idempotencyKeys.jobId, jobId));
  await announceEnd(transaction, jobId);
}
