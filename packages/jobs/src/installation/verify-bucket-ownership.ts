import { installation } from '@thumbnail-api/db';
import { installationKey, installationsPrefix, type ObjectStore } from '@thumbnail-api/storage';
import { and, eq } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { readCluster } from './read-cluster.ts';
import { putMark } from './register-installation.ts';

/** A bucket that only this database uses. */
export interface OwnedBucket {
  /** The time on the store's clock, which ages of objects are measured by. */
  storeNow: Date;
  /** Older objects may belong to rows that this database lost in a restore. */
  trustedSince: Date;
  /** The longest upload deadline of any API. */
  uploadDeadlineMs: number;
}

/**
 * Why no object may be removed from the bucket:
 *
 * - `never used`: no API has registered this database.
 * - `shared`: another installation uses the bucket too.
 * - `overtaken`: another process verified the bucket at the same time.
 */
export interface Refused {
  refused: 'never used' | 'shared' | 'overtaken';
}

/**
 * Verifies that this database is the only installation in its bucket, so that it can tell which objects are orphans.
 *
 * Resets `trustedSince` to now if the database seems to have been restored: the bucket has recorded a later generation, or the
 * row was written by another Postgres cluster. The caller holds the sweep lease.
 *
 * @throws AppError `unavailable`, `storage_unavailable`
 */
export async function verifyBucketOwnership(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
): Promise<OwnedBucket | Refused> {
  const { database, store, log } = deps;
  const [row] = await database.run((executor) => executor.select().from(installation));
  if (!row || row.uploadDeadlineMs === null) return { refused: 'never used' };
  const others = (await listInstallations(store)).filter((id) => id !== row.id);
  if (others.length > 0) {
    log.warn(
      { installation: row.id, others },
      'bucket is shared with other installations, orphans are not removed: see docs/operations.md',
    );
    return { refused: 'shared' };
  }

  const cluster = await readCluster(deps);
  const seen = await readGeneration(store, row.id);
  const isRestored = seen === null || seen > row.generation || (row.cluster !== null && row.cluster !== cluster);
  const sinceKey = installationKey(row.id, 'since');
  // Before the row and the bucket agree again: a crash in between must not hide the restore.
  if (isRestored || !(await store.head(sinceKey))) {
    log.warn({ installation: row.id }, 'database was restored or replaced, older orphans are not removed');
    await putMark(store, sinceKey, 'The sweep does not remove objects from before this file was written.');
  }
  const generation = Math.max(row.generation, seen ?? 0) + 1;
  const raised = await database.run((executor) =>
    executor
      .update(installation)
      .set({ generation, cluster })
      .where(and(eq(installation.id, row.id), eq(installation.generation, row.generation)))
      .returning({ id: installation.id }),
  );
  if (raised.length === 0) return { refused: 'overtaken' };

  const generationKey = installationKey(row.id, 'generation');
  await putMark(store, generationKey, String(generation));
  // The object was written just now, so its time is the store's current time.
  const [now, since] = await Promise.all([store.head(generationKey), store.head(sinceKey)]);
  if (!now || !since) return { refused: 'overtaken' };
  return { storeNow: now.modifiedAt, trustedSince: since.modifiedAt, uploadDeadlineMs: row.uploadDeadlineMs };
}

async function listInstallations(store: ObjectStore): Promise<string[]> {
  const marks = await store.list(installationsPrefix, { limit: 1_000 });
  return [...new Set(marks.map(({ key }) => key.split('/')[1] ?? key))];
}

async function readGeneration(store: ObjectStore, id: string): Promise<number | null> {
  const mark = await store.find(installationKey(id, 'generation'));
  const generation = mark ? Number.parseInt(await new Response(mark.body).text(), 10) : Number.NaN;
  return Number.isSafeInteger(generation) ? generation : null;
}
