import { installation } from '@thumbnail-api/db';
import { installationKey } from '@thumbnail-api/storage';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** What the bucket is told is for people to read as well. */
export const markType = 'text/plain';
export const toMark = (text: string): Uint8Array => new TextEncoder().encode(`${text}\n`);

/**
 * Makes this database and the bucket know each other, and the database the longest upload it may still hear of.
 *
 * Comes before the first upload: a bucket in which two installations are registered is swept by neither, so nobody takes
 * the other's originals for left over. Again is no work.
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
  if (!row) throw new Error('the installation has no row');
  if (!(await store.head(installationKey(row.id, 'since')))) {
    await store.put(installationKey(row.id, 'generation'), toMark(String(row.generation)), markType);
    await store.put(
      installationKey(row.id, 'since'),
      toMark('This bucket is in use since this was written.'),
      markType,
    );
  }
  return row.id;
}
