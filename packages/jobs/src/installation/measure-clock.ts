import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import { installationKey } from '@thumbnail-api/storage';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { putMark } from './register-installation.ts';

/** A slower measurement would be too inexact. The error is at most half of it, plus a second, since S3 rounds down to seconds. */
const durationMaxMs = 2_000;

/**
 * Measures the time of the object store's clock minus that of the database's clock, in milliseconds, at most 2 s off.
 *
 * Writes a small object and reads its date. All processes use one key: the object that is read was written meanwhile.
 *
 * @throws AppError `unavailable`, `storage_unavailable`, also if the store is too slow to tell
 */
export async function measureClock(
  { database, store }: Pick<JobsDeps, 'database' | 'store'>,
  installationId: string,
): Promise<number> {
  const key = installationKey(installationId, 'clock');
  const late = {
    code: 'storage_unavailable',
    message: 'The object store is slow.',
    deadlineMs: durationMaxMs,
  } as const;
  const before = await readClock(database);
  const written = await withDeadline(late, async (signal) => {
    await putMark(store, key, 'Its date is the time of the object store.', { signal });
    return await store.head(key, { signal });
  });
  const after = await readClock(database);
  if (!written || after - before > durationMaxMs || after < before)
    throw new AppError('storage_unavailable', 'The clock of the object store could not be read.', { retryable: true });
  return written.modifiedAt.getTime() - (before + after) / 2;
}

async function readClock(database: JobsDeps['database']): Promise<number> {
  const [row] = await database.run((executor) =>
    executor.execute(sql`select extract(epoch from clock_timestamp()) * 1000 as now`),
  );
  return Number(row?.now);
}
