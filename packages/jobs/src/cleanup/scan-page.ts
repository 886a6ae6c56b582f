import { jobs } from '@thumbnail-api/db';
import { type ObjectInfo, parseObjectKey } from '@thumbnail-api/storage';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { OwnedBucket } from '../installation/verify-bucket-ownership.ts';
import { deletionGraceSeconds } from '../runs/run-policy.ts';
import { findOrphans, type Orphan } from './find-orphans.ts';

/** Which objects to scan, and which orphans to remove. */
export interface PageScan {
  /** Scans the keys after this one; empty for the first page. */
  cursor: string;
  /** The most orphans to remove; 0 only counts them. */
  removalsMax: number;
  /** Also removes orphans that are older than {@link OwnedBucket.trustedSince}. */
  includeUntrusted: boolean;
  signal?: AbortSignal;
}

/** The result of scanning one page. */
export interface PageReport {
  /** The cursor of the next page; null after the last. */
  cursor: string | null;
  removed: number;
  /** Orphans that were not removed because of `removalsMax` or the signal. */
  remaining: number;
  /** Orphans, removed or not, that are older than {@link OwnedBucket.trustedSince}. */
  untrusted: number;
}

type ScanDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

const pageMax = 1_000;
const [originals, thumbnails] = ['originals/', 'thumbnails/'] as const;
/** An INSERT ends at most this long after the upload deadline, however short that is. */
const insertMs = 20_000;
/** The longest time between the last check and the removal. After a longer one, as in a process that froze, the object stays. */
const checkedMaxMs = 10_000;
/** How long a failed job may not run while its orphan is removed; longer than a removal can take. */
const postponeSeconds = 60;

/**
 * Scans the next thousand objects and removes orphans that are old enough and still orphans when checked again.
 *
 * Age is measured on the store's clock. The store is listed before the rows are read: an object without a row yet is young.
 */
export async function scanPage(deps: ScanDeps, bucket: OwnedBucket, scan: PageScan): Promise<PageReport> {
  const prefix = scan.cursor < thumbnails ? originals : thumbnails;
  const listed = await deps.store.list(prefix, {
    limit: pageMax,
    ...(scan.cursor && { after: scan.cursor }),
    ...(scan.signal && { signal: scan.signal }),
  });
  const old = new Map(listed.filter((object) => isOld(object, bucket)).map((object) => [object.key, object]));
  const orphans = await findOrphans(deps, [...old.keys()]);
  const trusted = orphans.filter(({ key }) => isTrusted(old.get(key), bucket));

  let removed = 0;
  let remaining = 0;
  for (const orphan of scan.includeUntrusted ? orphans : trusted) {
    if (scan.signal?.aborted || removed >= scan.removalsMax) remaining += 1;
    else if (await removeOrphan(deps, orphan, old.get(orphan.key))) removed += 1;
  }
  const lastKey = listed.length === pageMax ? (listed.at(-1)?.key ?? null) : null;
  const cursor = lastKey ?? (prefix === originals ? thumbnails : null);
  return { cursor, removed, remaining, untrusted: orphans.length - trusted.length };
}

/** S3 gives whole seconds in headers and may give fractions in listings. */
const toSeconds = (time: Date) => Math.floor(time.getTime() / 1_000);

const isTrusted = (object: ObjectInfo | undefined, { trustedSince }: OwnedBucket) =>
  object !== undefined && toSeconds(object.modifiedAt) > toSeconds(trustedSince);

/** Older than twice the upload deadline; for thumbnails also than the grace time of a deletion. */
function isOld({ key, modifiedAt }: ObjectInfo, { storeNow, uploadDeadlineMs }: OwnedBucket): boolean {
  const uploadAgeMs = Math.max(2 * uploadDeadlineMs, uploadDeadlineMs + insertMs);
  const isThumbnail = parseObjectKey(key)?.kind === 'thumbnail';
  const minAgeMs = isThumbnail ? Math.max(uploadAgeMs, deletionGraceSeconds * 1_000) : uploadAgeMs;
  return storeNow.getTime() - modifiedAt.getTime() > minAgeMs;
}

/** Checks the rows and the object again, then removes it. Returns whether it did. */
async function removeOrphan(
  deps: ScanDeps,
  { key, failedJobId }: Orphan,
  listed: ObjectInfo | undefined,
): Promise<boolean> {
  if (failedJobId && !(await postponeRetry(deps, failedJobId))) return false;
  const checkedAt = performance.now();
  const [orphan] = await findOrphans(deps, [key]);
  const current = await deps.store.head(key);
  const isUnchanged = current && listed && toSeconds(current.modifiedAt) === toSeconds(listed.modifiedAt);
  if (!orphan || !isUnchanged || performance.now() - checkedAt > checkedMaxMs) return false;
  await deps.store.delete(key);
  deps.log.info({ key }, 'orphan removed');
  return true;
}

/** Delays a retry until the removal is over, since a new run may store the same key. Returns false if the job has not failed. */
async function postponeRetry({ database }: ScanDeps, id: string): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor
      .update(jobs)
      .set({ notBefore: sql`now() + ${postponeSeconds} * interval '1 second'` })
      .where(and(eq(jobs.id, id), eq(jobs.status, 'error'), isNull(jobs.deletedAt)))
      .returning({ id: jobs.id }),
  );
  return rows.length > 0;
}
