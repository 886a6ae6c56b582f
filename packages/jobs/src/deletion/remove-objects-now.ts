import type { JobsDeps } from '../deps.ts';
import { type DeletedIds, removeObjects } from './remove-objects.ts';

/** Bounds how long a request waits for the removal of the objects that it deleted. */
const deadlineMs = 3_000;

/**
 * Removes the objects that a request deleted, as many as it can within 3 s. Never throws: the sweep removes the rest before
 * it deletes the rows.
 */
export async function removeObjectsNow(
  { store, log }: Pick<JobsDeps, 'store' | 'log'>,
  deleted: DeletedIds,
): Promise<void> {
  const [error] = await removeObjects(store, deleted, { signal: AbortSignal.timeout(deadlineMs) }).then(
    (failures) => [...failures.values()],
    (thrown: unknown) => [thrown],
  );
  if (error) log.warn({ error, ...deleted }, 'deleted objects not removed, leaving them to the sweep');
}
