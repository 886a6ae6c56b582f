import { type CallOptions, type ObjectStore, originalKey, thumbnailPrefix } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';
import { recordDeletions } from './record-deletions.ts';

const pageMax = 100;
/** Bounds how long a request waits for the removal of the objects that it deleted. */
const deadlineMs = 3_000;

/** The objects of deleted rows. */
export interface DeletedObjects {
  /** Jobs whose thumbnails are removed. */
  jobIds: string[];
  /** The image whose original is removed. */
  imageId: string | null;
}

/**
 * Records the deletion in the store and removes the objects of deleted rows, as many as it can within 3 s. Never throws: the sweep removes the rest before it
 * deletes the rows.
 */
export async function removeObjects(
  { database, store, log }: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { jobIds, imageId }: DeletedObjects,
): Promise<void> {
  const options = { signal: AbortSignal.timeout(deadlineMs) };
  try {
    await recordDeletions({ database, store }, { images: imageId ? [imageId] : [], jobs: jobIds }, options);
    if (imageId) await store.delete(originalKey(imageId), options);
    for (const id of jobIds) await removeThumbnails(store, id, options);
  } catch (error) {
    log.warn({ error, jobIds, imageId }, 'deleted objects not removed, leaving them to the sweep');
  }
}

/** Removes every thumbnail of a job, with or without a row. Throws what the store throws. */
export async function removeThumbnails(store: ObjectStore, jobId: string, options: CallOptions = {}): Promise<void> {
  let page: { key: string }[];
  do {
    page = await store.list(thumbnailPrefix(jobId), { ...options, limit: pageMax });
    for (const { key } of page) await store.delete(key, options);
  } while (page.length === pageMax);
}
