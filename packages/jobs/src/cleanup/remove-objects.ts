import { type CallOptions, type ObjectStore, originalKey, thumbnailPrefix } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';

const pageMax = 100;
/** How long a request may be held up by the removal of what it has deleted. */
const patienceMs = 3_000;

/** What a deletion leaves in the store: the thumbnails of jobs, and the original of an image that goes too. */
export interface DeletedObjects {
  jobIds: string[];
  imageId: string | null;
}

/**
 * Removes what belongs to deleted rows, at once and as far as the store lets it within 3 s. Never throws: the sweep lists
 * and removes again before it lets go of the rows.
 */
export async function removeObjects(
  { store, log }: Pick<JobsDeps, 'store' | 'log'>,
  { jobIds, imageId }: DeletedObjects,
): Promise<void> {
  const options = { signal: AbortSignal.timeout(patienceMs) };
  try {
    if (imageId) await store.delete(originalKey(imageId), options);
    for (const id of jobIds) await removeThumbnails(store, id, options);
  } catch (error) {
    log.warn({ error, jobIds, imageId }, 'left the objects of a deletion to the sweep');
  }
}

/** Removes every thumbnail of a job, named by a row or not. Throws what the store throws. */
export async function removeThumbnails(store: ObjectStore, jobId: string, options: CallOptions = {}): Promise<void> {
  let found: { key: string }[];
  do {
    found = await store.list(thumbnailPrefix(jobId), { ...options, limit: pageMax });
    for (const { key } of found) await store.delete(key, options);
  } while (found.length === pageMax);
}
