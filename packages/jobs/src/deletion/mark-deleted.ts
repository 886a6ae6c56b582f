import { idempotencyKeys, images, jobs, type Transaction } from '@thumbnail-api/db';
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { announceEnd } from '../events/announce-end.ts';
import type { Owned } from '../queries/job.ts';
import { isVisible } from '../queries/visible-owner.ts';

/** A job that was marked as deleted. */
export interface DeletedJob {
  imageId: string;
  /** Whether the image was marked too, because no other job uses it. */
  isImageDeleted: boolean;
}

/** Marks an image. The time is read after the row is locked, since the transaction may have waited for the lock. */
export const imageMark = { deletedAt: sql`clock_timestamp()` };
/** Marks a job; also fences off a run in progress. */
export const jobMark = { ...imageMark, run: sql`${jobs.run} + 1` };

/**
 * Marks a job as deleted, which hides it and ends its run; its image too if no other job uses it.
 *
 * Locks the image first, as `addJob` does: of a deletion and a new job, one waits for the other and sees its result.
 *
 * @param condition a further condition on the job
 * @returns null if no job matches
 */
export async function markJobDeleted(
  transaction: Transaction,
  id: string,
  condition?: SQL,
): Promise<DeletedJob | null> {
  const isDeletable = and(eq(jobs.id, id), isNull(jobs.deletedAt), condition);
  const [job] = await transaction.select({ imageId: jobs.imageId }).from(jobs).where(isDeletable);
  if (!job) return null;
  const { imageId } = job;
  await transaction.select({ id: images.id }).from(images).where(eq(images.id, imageId)).for('update');
  const [marked] = await transaction.update(jobs).set(jobMark).where(isDeletable).returning({ id: jobs.id });
  if (!marked) return null;
  await detach(transaction, id);
  const [otherJob] = await transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.imageId, imageId), isNull(jobs.deletedAt)))
    .limit(1);
  if (!otherJob) await transaction.update(images).set(imageMark).where(eq(images.id, imageId));
  return { imageId, isImageDeleted: !otherJob };
}

/**
 * Marks an image and all its jobs as deleted, which hides them and ends their runs.
 *
 * @returns the ids of the jobs; null if there is no such image
 */
export async function markImageDeleted(transaction: Transaction, { id, owner }: Owned): Promise<string[] | null> {
  const [image] = await transaction
    .update(images)
    .set(imageMark)
    .where(and(eq(images.id, id), isVisible(images.owner, owner), isNull(images.deletedAt)))
    .returning({ id: images.id });
  if (!image) return null;
  const marked = await transaction
    .update(jobs)
    .set(jobMark)
    .where(and(eq(jobs.imageId, id), isNull(jobs.deletedAt)))
    .returning({ id: jobs.id });
  for (const job of marked) await detach(transaction, job.id);
  return marked.map((job) => job.id);
}

/** Frees the idempotency key of a job and notifies the clients that wait for its end. */
async function detach(transaction: Transaction, jobId: string): Promise<void> {
  await transaction.delete(idempotencyKeys).where(eq(idempotencyKeys.jobId, jobId));
  await announceEnd(transaction, jobId);
}
