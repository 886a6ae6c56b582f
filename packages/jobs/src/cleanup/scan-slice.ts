import { jobs } from '@thumbnail-api/db';
import { type ObjectInfo, parseObjectKey } from '@thumbnail-api/storage';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { deletionGraceSeconds } from '../runs/run-policy.ts';
import { findOrphans, type Orphan } from './find-orphans.ts';
import type { OwnedBucket } from './verify-bucket-ownership.ts';

/** What is looked at, and what may be done. */
export interface Slice {
  /** Keys behind this one; empty for the first. */
  cursor: string;
  /** How many objects may be removed; 0 only looks. */
  removalsMax: number;
  /** Also those from before `since`. */
  evenOlder: boolean;
  signal?: AbortSignal;
}

/** What was found. */
export interface SliceReport {
  /** Where to go on; null at the end. */
  cursor: string | null;
  removed: number;
  /** Left over like those, and still there: there were more than might be removed. */
  left: number;
  /** Left over as well, from before `since`. */
  older: number;
}

type ScanDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

const pageMax = 1_000;
const prefixes = ['originals/', 'thumbnails/'] as const;
/** An insert ends at most so long after the upload's deadline, whatever the deadline is. */
const insertMs = 20_000;
/** From the last look at the row to the removal; a process that froze in between leaves the object. */
const patienceMs = 10_000;
/** How long a failed job may not run again because what it has stored is being removed: longer than any removal. */
const pauseSeconds = 60;

/**
 * Looks at the next thousand objects and removes those that no row names: by the store's own times, older than twice the
 * upload deadline (and, thumbnails, than a deletion's grace), and after a second look at the row.
 *
 * The store is listed before the rows are read, so an object whose row is not there yet is young.
 */
export async function scanSlice(deps: ScanDeps, bucket: OwnedBucket, slice: Slice): Promise<SliceReport> {
  const prefix = slice.cursor < prefixes[1] ? prefixes[0] : prefixes[1];
  const listed = await deps.store.list(prefix, {
    limit: pageMax,
    ...(slice.cursor && { after: slice.cursor }),
    ...(slice.signal && { signal: slice.signal }),
  });
  const old = new Map(listed.filter((object) => isOld(object, bucket)).map((object) => [object.key, object]));
  const unnamed = await findOrphans(deps, [...old.keys()]);
  const [older, young] = [true, false].map((wanted) =>
    unnamed.filter(({ key }) => isBefore(old.get(key), bucket.since) === wanted),
  ) as [Orphan[], Orphan[]];

  let removed = 0;
  let left = 0;
  for (const found of slice.evenOlder ? unnamed : young) {
    if (slice.signal?.aborted || removed >= slice.removalsMax) left += 1;
    else if (await remove(deps, found, old.get(found.key))) removed += 1;
  }
  const last = listed.length === pageMax ? (listed.at(-1)?.key ?? null) : null;
  return { cursor: last ?? (prefix === prefixes[0] ? prefixes[1] : null), removed, left, older: older.length };
}

/** The headers of S3 count whole seconds, its listings may count finer. */
const toSeconds = (time: Date) => Math.floor(time.getTime() / 1_000);

/** An object of the very second is one from before. */
const isBefore = (object: ObjectInfo | undefined, since: Date) =>
  object === undefined || toSeconds(object.modifiedAt) <= toSeconds(since);

function isOld({ key, modifiedAt }: ObjectInfo, { storeNow, uploadDeadlineMs }: OwnedBucket): boolean {
  const uploadAge = Math.max(2 * uploadDeadlineMs, uploadDeadlineMs + insertMs);
  const isThumbnail = parseObjectKey(key)?.kind === 'thumbnail';
  const age = isThumbnail ? Math.max(uploadAge, deletionGraceSeconds * 1_000) : uploadAge;
  return storeNow.getTime() - modifiedAt.getTime() > age;
}

async function remove(deps: ScanDeps, { key, failedJobId }: Orphan, listed: ObjectInfo | undefined): Promise<boolean> {
  if (failedJobId && !(await pauseJob(deps, failedJobId))) return false;
  const lookedAt = performance.now();
  const [again] = await findOrphans(deps, [key]);
  const now = await deps.store.head(key);
  const isSame = now && listed && toSeconds(now.modifiedAt) === toSeconds(listed.modifiedAt);
  if (!again || !isSame || performance.now() - lookedAt > patienceMs) return false;
  await deps.store.delete(key);
  deps.log.info({ key }, 'removed an object that no row names');
  return true;
}

/** A retry that comes now waits until the removal is over: it may store the same key again. */
async function pauseJob({ database }: ScanDeps, id: string): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor
      .update(jobs)
      .set({ notBefore: sql`now() + ${pauseSeconds} * interval '1 second'` })
      .where(and(eq(jobs.id, id), eq(jobs.status, 'error'), isNull(jobs.deletedAt)))
      .returning({ id: jobs.id }),
  );
  return rows.length > 0;
}
