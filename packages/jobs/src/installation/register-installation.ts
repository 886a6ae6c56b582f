import { installation } from '@thumbnail-api/db';
import { type CallOptions, installationKey, type ObjectStore } from '@thumbnail-api/storage';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/**
 * Registers this database as a user of the bucket, and records the longest upload deadline of any API. Idempotent.
 *
 * It must succeed before the first upload: the sweep removes nothing from a bucket with two registered installations, so
 * neither can remove the originals of the other.
 *
 * @returns the id of the installation
 * @throws AppError `unavailable`, `storage_unavailable`
 */
export async function registerInstallation(
  { database, store }: Pick<JobsDeps, 'database' | 'store'>,
  { uploadDeadlineMs }: { uploadDeadlineMs: number },
): Promise<string> {
  const [row] = await database.run((executor) =>
    executor
      .insert(installation)
      .values({ id: Bun.randomUUIDv7(), uploadDeadlineMs })
      .onConflictDoUpdate({
        target: installation.only,
        set: { uploadDeadlineMs: sql`greatest(${installation.uploadDeadlineMs}, ${uploadDeadlineMs})` },
      })
      .returning({ id: installation.id, generation: installation.generation }),
  );
  if (!row) throw new Error('INSERT into installation returned no row');
  const since = installationKey(row.id, 'since');
  if (!(await store.head(since))) {
    await putMark(store, installationKey(row.id, 'generation'), String(row.generation));
    await putMark(store, since, 'This bucket has been in use since this file was written.');
  }
  return row.id;
}

/** Writes an object that identifies an installation, as text that operators can read. */
export const putMark = (store: ObjectStore, key: string, text: string, options?: CallOptions): Promise<void> =>
  store.put(key, new TextEncoder().encode(`${text}\n`), 'text/plain', options);
