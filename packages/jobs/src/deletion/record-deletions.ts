import type { CallOptions } from '@thumbnail-api/storage';
import { deletionKey } from '@thumbnail-api/storage';
import { z } from 'zod';
import type { JobsDeps } from '../deps.ts';
import type { DeletedIds } from './remove-objects.ts';

/** The rows that a marker names. */
export const deletionMarker = z.object({
  images: z.array(z.uuid()).default([]),
  jobs: z.array(z.uuid()).default([]),
});
export type DeletionMarker = z.output<typeof deletionMarker>;

const clockAgeMs = 10_000;

/**
 * Writes a marker to the store that names deleted rows, so that they stay deleted if an older database is restored. It must
 * succeed before their objects are removed, and follow the COMMIT that deleted them. Writes nothing for no rows.
 *
 * @throws AppError `unavailable`, `storage_unavailable`; the reason of `signal`
 */
export async function recordDeletions(
  { database, store }: Pick<JobsDeps, 'database' | 'store'>,
  { imageIds, jobIds }: DeletedIds,
  options?: CallOptions,
): Promise<void> {
  if (imageIds.length + jobIds.length === 0) return;
  const now = new Date(await database.readClock(clockAgeMs));
  const key = deletionKey(Bun.randomUUIDv7('hex', now));
  const marker = { images: [...imageIds], jobs: [...jobIds] } satisfies DeletionMarker;
  await store.put(key, new TextEncoder().encode(JSON.stringify(marker)), 'application/json', options);
}
