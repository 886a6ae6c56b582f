import { type Executor, installation } from '@thumbnail-api/db';
import { installationKey, installationsPrefix, type ObjectStore } from '@thumbnail-api/storage';
import { and, eq, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { markType, toMark } from './register-installation.ts';

/** What a database may say of its bucket. */
export interface OwnedBucket {
  /** Now, by the clock of the store: ages of objects are counted on no other. */
  storeNow: Date;
  /** Objects from before then may have been accepted by a database that this one does not remember. */
  since: Date;
  /** The longest an upload may take. */
  uploadDeadlineMs: number;
}

/** Why nothing may be removed. */
export interface Refused {
  refused: 'never used' | 'shared' | 'overtaken';
}

/**
 * Finds out whether this database may say what is left over in its bucket, and from when on.
 *
 * It may when it is the only installation that the bucket knows. It is held for a restored one when the bucket has seen a
 * later generation, or when another server (or another history of it) wrote the row: then `since` becomes now. The caller
 * holds the sweep lease.
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
      'other installations use this bucket, so nobody removes what no row names: see docs/operations.md',
    );
    return { refused: 'shared' };
  }

  const cluster = await readCluster(deps);
  const seen = await readGeneration(store, row.id);
  const isRestored = seen === null || seen > row.generation || (row.cluster !== null && row.cluster !== cluster);
  const since = installationKey(row.id, 'since');
  // Before the row agrees with the bucket again: a crash in between must not hide that they ever differed.
  if (isRestored || !(await store.head(since))) {
    log.warn({ installation: row.id }, 'the database is not the one that last swept: older objects are left alone');
    await store.put(since, toMark('Objects from before this was written are left alone.'), markType);
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

  const clock = installationKey(row.id, 'generation');
  await store.put(clock, toMark(String(generation)), markType);
  const [now, from] = await Promise.all([store.head(clock), store.head(since)]);
  if (!now || !from) return { refused: 'overtaken' };
  return { storeNow: now.modifiedAt, since: from.modifiedAt, uploadDeadlineMs: row.uploadDeadlineMs };
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

/** The server and the timeline of its log: a backup that is brought back, or a standby that takes over, changes them. */
async function readCluster({ database, log }: Pick<JobsDeps, 'database' | 'log'>): Promise<string> {
  const read = (executor: Executor) =>
    executor.execute(
      sql`select system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) as name from pg_control_system()`,
    );
  const mayRead = await database.run((executor) =>
    executor.execute(
      sql`select has_function_privilege('pg_control_system()', 'execute') and has_function_privilege('pg_current_wal_lsn()', 'execute') as may`,
    ),
  );
  if (!mayRead[0]?.may) {
    log.debug('this role may not ask which server it talks to');
    return 'unknown';
  }
  const [row] = await database.run(read);
  return String(row?.name);
}
