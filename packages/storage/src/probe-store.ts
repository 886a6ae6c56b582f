import { withDeadline } from '@thumbnail-api/resilience';
import { probeKey } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { storageDeadline, storageUnavailable } from './storage-unavailable.ts';

/** Far above what a small object takes, and below the time that a run may wait for the store. */
const defaultDeadlineMs = 10_000;
const content = new TextEncoder().encode('Written to find out whether the object store works.\n');

/**
 * Stores a small object of its own and reads it back, to tell a store that is down from one object that fails alone.
 * Several processes may probe at the same time.
 *
 * @throws AppError `storage_unavailable`
 */
export async function probeStore(
  store: Pick<ObjectStore, 'put' | 'read'>,
  { deadlineMs = defaultDeadlineMs }: { deadlineMs?: number } = {},
): Promise<void> {
  await withDeadline(storageDeadline(deadlineMs), async (signal) => {
    await store.put(probeKey, content, 'text/plain', { signal });
    const stored = await store.read(probeKey, { signal });
    if (!stored?.equals(content)) throw storageUnavailable('probe', new Error('other bytes than were stored'));
  });
}
