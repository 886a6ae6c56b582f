import type { JobsDeps } from '../deps.ts';
import { recordDeletions } from './record-deletions.ts';
import { type DeletedIds, removeObjects } from './remove-objects.ts';

/** Bounds how long a request waits for the removal of the objects that it deleted. */
const deadlineMs = 3_000;

/**
 * Records in the store what a request deleted, and removes the objects, as many as it can within 3 s. Never throws: the
 * sweep does the rest before it deletes the rows.
 */
export async function removeObjectsNow(
  { database, store, log }: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  deleted: DeletedIds,
): Promise<void> {
  const options = { signal: AbortSignal.timeout(deadlineMs) };
  try {
    await recordDeletions({ database, store }, deleted, options);
    const [error] = (await removeObjects(store, deleted, options)).values();
    if (error) throw error;
  } catch (error) {
    log.warn({ error, ...deleted }, 'deleted objects not removed, leaving them to the sweep');
  }
}
