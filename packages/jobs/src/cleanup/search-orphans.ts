import { installation } from '@thumbnail-api/db';
import { quarantinePrefix } from '@thumbnail-api/storage';
import { sql } from 'drizzle-orm';
import { pruneDeletionMarkers } from '../deletion/prune-deletion-markers.ts';
import type { JobsDeps } from '../deps.ts';
import { pruneCoverage } from '../installation/prune-coverage.ts';
import { type OwnedBucket, verifyBucketOwnership } from '../installation/verify-bucket-ownership.ts';
import { objectPrefixes, scanPage } from './scan-page.ts';
import { scanQuarantine } from './scan-quarantine.ts';

/** How a search is paced, and how long things are kept. */
export interface OrphanSearch {
  /** The pause between two searches. */
  everySeconds: number;
  /** How long a quarantined orphan is kept. */
  orphanDays: number;
  /** How long a deletion marker is kept. */
  backupDays: number;
  signal?: AbortSignal;
}

/** What one pass did with the objects of the bucket. */
export interface OrphanReport {
  quarantined: number;
  /** Objects moved back from the quarantine. */
  restored: number;
  erased: number;
}

/** The parts of the bucket, in the order of a search. */
const prefixes = [...objectPrefixes, quarantinePrefix] as const;
const dayMs = 86_400_000;
const none: OrphanReport = { quarantined: 0, restored: 0, erased: 0 };

/**
 * Continues the search of the bucket for orphans, by one page of a thousand objects. It quarantines the orphans among
 * originals and thumbnails, and erases those that have been in the quarantine long enough. The caller holds the sweep lease.
 */
export async function searchOrphans(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  search: OrphanSearch,
): Promise<OrphanReport> {
  const { everySeconds, signal } = search;
  const [progress] = await deps.database.run((executor) =>
    executor
      .select({ cursor: installation.scanCursor })
      .from(installation)
      .where(sql`${installation.scanAfter} <= now()`),
  );
  if (!progress) return none;
  const bucket = await verifyBucketOwnership(deps);
  if ('refused' in bucket) {
    await saveProgress(deps, { cursor: '', pauseSeconds: everySeconds });
    return none;
  }
  const { cursor, ...report } = await scanNext(deps, bucket, progress.cursor, search);
  // Another sweeper holds the lease now and continues from the same place.
  if (signal?.aborted) return report;
  if (cursor === '') {
    await pruneDeletionMarkers(deps, { backupDays: search.backupDays, storeNow: bucket.storeNow });
    await pruneCoverage(deps, bucket.storeNow);
  }
  await saveProgress(deps, { cursor, pauseSeconds: cursor === '' ? everySeconds : 0 });
  return report;
}

/** Scans the page after the cursor, which is a key or a prefix, and returns the next cursor; empty at the end. */
async function scanNext(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  bucket: OwnedBucket,
  cursor: string,
  { orphanDays, signal }: OrphanSearch,
): Promise<OrphanReport & { cursor: string }> {
  const index = Math.max(
    0,
    prefixes.findIndex((prefix) => cursor.startsWith(prefix)),
  );
  const prefix = prefixes[index] ?? prefixes[0];
  const scanned =
    prefix === quarantinePrefix
      ? await scanQuarantine(deps, {
          after: cursor,
          erasedBefore: new Date(bucket.storeNow.getTime() - orphanDays * dayMs),
          signal,
        })
      : await scanPage(deps, bucket, { prefix, after: cursor, isDryRun: false, includeUntrusted: false, signal });
  const next = scanned.last ?? prefixes[index + 1] ?? '';
  return { ...none, ...toReport(scanned), cursor: next };
}

const toReport = ({ quarantined = 0, restored = 0, erased = 0 }: Partial<OrphanReport>): OrphanReport => ({
  quarantined,
  restored,
  erased,
});

async function saveProgress(
  { database }: Pick<JobsDeps, 'database'>,
  { cursor, pauseSeconds }: { cursor: string; pauseSeconds: number },
): Promise<void> {
  await database.run((executor) =>
    executor.update(installation).set({
      scanCursor: cursor,
      scanAfter: sql`now() + ${pauseSeconds} * interval '1 second'`,
    }),
  );
}
