import { idempotencyKeys, images, jobs } from '@thumbnail-api/db';
import { deletionKey, deletionsPrefix, type ObjectInfo } from '@thumbnail-api/storage';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type DeletionMarker, deletionMarker } from './record-deletions.ts';

type ReplayDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

const pageMax = 1_000;
const readsMax = 16;
/** Markers this much older than `since` are read too: a deletion may have committed long before its marker was written. */
const marginMs = 3_600_000;
/** Keys contain the database's clock, which may be this far from the store's. */
const skewMaxMs = 2 * 86_400_000;

/**
 * Marks rows as deleted again that were deleted before and exist again, because an older database was restored.
 *
 * @param since reads the markers from this time on, by the clock of the store; null reads all
 * @returns how many rows it marked
 * @throws AppError `unavailable`, `storage_unavailable`
 */
export async function replayDeletions(deps: ReplayDeps, since: string | null): Promise<number> {
  const from = since === null ? 0 : Math.max(0, new Date(since).getTime() - marginMs);
  let after = deletionKey(Bun.randomUUIDv7('hex', Math.max(0, from - skewMaxMs)));
  let page: ObjectInfo[];
  let marked = 0;
  do {
    page = await deps.store.list(deletionsPrefix, { limit: pageMax, after });
    const keys = page.filter(({ modifiedAt }) => modifiedAt.getTime() >= from).map(({ key }) => key);
    while (keys.length > 0) {
      const markers = await Promise.all(keys.splice(0, readsMax).map((key) => readMarker(deps, key)));
      marked += await markAgain(deps, {
        images: markers.flatMap((marker) => marker.images),
        jobs: markers.flatMap((marker) => marker.jobs),
      });
    }
    after = page.at(-1)?.key ?? after;
  } while (page.length === pageMax);
  return marked;
}

/** An object that is no marker names no rows. */
async function readMarker({ store, log }: ReplayDeps, key: string): Promise<DeletionMarker> {
  const bytes = await store.read(key);
  try {
    return deletionMarker.parse(JSON.parse(bytes?.toString() ?? '{}'));
  } catch (error) {
    log.warn({ error, key }, 'deletion marker cannot be parsed, skipping it');
    return { images: [], jobs: [] };
  }
}

const isIn = (ids: string[]): SQL =>
  sql`in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}))`;

/** Locks the images first, as every deletion does. */
function markAgain({ database }: ReplayDeps, marker: DeletionMarker): Promise<number> {
  return database.transaction(async (transaction) => {
    const markedImages = await transaction.execute(sql`
      update ${images} set deleted_at = clock_timestamp()
      where id ${isIn(marker.images)} and deleted_at is null returning id`);
    const markedJobs = await transaction.execute(sql`
      update ${jobs} set deleted_at = clock_timestamp(), run = run + 1
      where (id ${isIn(marker.jobs)} or image_id ${isIn(marker.images)}) and deleted_at is null returning id`);
    const jobIds = markedJobs.map(({ id }) => String(id));
    await transaction.execute(sql`delete from ${idempotencyKeys} where job_id ${isIn(jobIds)}`);
    return markedImages.length + markedJobs.length;
  });
}
