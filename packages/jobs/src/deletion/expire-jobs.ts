import { idempotencyKeys, images, jobs, type Transaction } from '@thumbnail-api/db';
import { and, asc, eq, inArray, isNull, lt, ne, notExists, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { returnBytes } from '../bounds/return-bytes.ts';
import type { JobsDeps } from '../deps.ts';
import { imageMark, jobMark } from './mark-deleted.ts';

const batchMax = 1_000;
/** After this time a call starts no further batch, so that it does not hold up the next steps of the sweep. */
const deadlineMs = 1_000;

/** Selects jobs that ended more than `retentionDays` ago, on the database's clock. */
export const isExpired = (retentionDays: number): SQL | undefined =>
  and(
    ne(jobs.status, 'processing'),
    isNull(jobs.deletedAt),
    lt(jobs.finishedAt, sql`now() - ${retentionDays} * interval '1 day'`),
  );

/**
 * Marks jobs as deleted that ended more than `retentionDays` ago, and images that no other job uses; 0 keeps all. The oldest
 * first, in batches of 1 000, for about a second.
 *
 * @returns how many jobs were marked; {@link finishDeletions} removes their objects and rows
 */
export async function expireJobs(deps: Pick<JobsDeps, 'database' | 'log'>, retentionDays: number): Promise<number> {
  if (retentionDays === 0) return 0;
  const startedAt = performance.now();
  let expired = 0;
  let batch: ExpiredBatch;
  do {
    batch = await deps.database.transaction((transaction) => expireBatch(transaction, isExpired(retentionDays)));
    await returnBytes(deps, batch.imageIds);
    expired += batch.marked;
  } while (batch.found === batchMax && batch.marked > 0 && performance.now() - startedAt < deadlineMs);
  return expired;
}

/** How many jobs were found and marked, and the images that were marked. */
interface ExpiredBatch {
  found: number;
  marked: number;
  imageIds: string[];
}

/**
 * Locks the images before the jobs, as every deletion does, and leaves out rows that are locked, so that it never waits.
 * Each statement sees what was committed before it: a job that was retried is not marked, nor an image with a new job.
 */
async function expireBatch(transaction: Transaction, condition: SQL | undefined): Promise<ExpiredBatch> {
  const found = await transaction
    .select({ id: jobs.id, imageId: jobs.imageId })
    .from(jobs)
    .where(condition)
    .orderBy(asc(jobs.finishedAt))
    .limit(batchMax);
  if (found.length === 0) return { found: 0, marked: 0, imageIds: [] };
  const locked = await transaction
    .select({ id: images.id })
    .from(images)
    .where(inArray(images.id, [...new Set(found.map(({ imageId }) => imageId))]))
    .orderBy(asc(images.id))
    .for('update', { skipLocked: true });
  const lockedIds = new Set(locked.map(({ id }) => id));
  const candidates = found.filter(({ imageId }) => lockedIds.has(imageId)).map(({ id }) => id);
  if (candidates.length === 0) return { found: found.length, marked: 0, imageIds: [] };
  const expired = await transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(inArray(jobs.id, candidates), condition))
    .for('update', { skipLocked: true });
  if (expired.length === 0) return { found: found.length, marked: 0, imageIds: [] };
  const ids = expired.map(({ id }) => id);
  const marked = await transaction
    .update(jobs)
    .set(jobMark)
    .where(inArray(jobs.id, ids))
    .returning({ imageId: jobs.imageId });
  await transaction.delete(idempotencyKeys).where(inArray(idempotencyKeys.jobId, ids));
  const other = alias(jobs, 'other');
  const otherJob = transaction
    .select({ id: other.id })
    .from(other)
    .where(and(eq(other.imageId, images.id), isNull(other.deletedAt)));
  const deleted = await transaction
    .update(images)
    .set(imageMark)
    .where(and(inArray(images.id, [...new Set(marked.map(({ imageId }) => imageId))]), notExists(otherJob)))
    .returning({ id: images.id });
  return { found: found.length, marked: marked.length, imageIds: deleted.map(({ id }) => id) };
}
