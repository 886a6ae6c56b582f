import { installation } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { verifyBucketOwnership } from '../installation/verify-bucket-ownership.ts';
import { scanPage } from './scan-page.ts';

/** The most orphans that one search may remove. More of them need the attention of an operator. */
const removalsMax = 100;
/** The pause after a search that found more. */
const longPauseSeconds = 3_600;

/**
 * Continues the search of the bucket for orphans, by one page of a thousand objects, and removes those it finds.
 *
 * A whole search removes at most 100 orphans. If there are more, it logs a warning and pauses for an hour; until then an
 * operator can remove them with `bun run sweep --confirm`. The caller holds the sweep lease.
 *
 * @param everySeconds the pause between two searches
 * @returns how many were removed
 */
export async function searchOrphans(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { everySeconds, signal }: { everySeconds: number; signal?: AbortSignal },
): Promise<number> {
  const [progress] = await deps.database.run((executor) =>
    executor
      .select({ cursor: installation.scanCursor, removed: installation.scanRemoved })
      .from(installation)
      .where(sql`${installation.scanAfter} <= now()`),
  );
  if (!progress) return 0;
  const bucket = await verifyBucketOwnership(deps);
  if ('refused' in bucket) {
    await saveProgress(deps, { ...start, pauseSeconds: everySeconds });
    return 0;
  }
  const page = await scanPage(deps, bucket, {
    cursor: progress.cursor,
    removalsMax: removalsMax - progress.removed,
    includeUntrusted: false,
    ...(signal && { signal }),
  });
  // Another sweeper holds the lease now and continues from the same place.
  if (signal?.aborted) return page.removed;
  if (page.remaining > 0) {
    deps.log.warn(
      { removed: page.removed, left: page.remaining },
      'too many orphans to remove without confirmation: inspect them with `bun run sweep`',
    );
    await saveProgress(deps, { ...start, pauseSeconds: longPauseSeconds });
  } else if (page.cursor === null) {
    await saveProgress(deps, { ...start, pauseSeconds: everySeconds });
  } else {
    await saveProgress(deps, { cursor: page.cursor, removed: progress.removed + page.removed, pauseSeconds: 0 });
  }
  return page.removed;
}

interface Progress {
  cursor: string;
  /** Orphans removed since the search started. */
  removed: number;
  /** The pause before the search continues. */
  pauseSeconds: number;
}

/** The progress of a search that starts over. */
const start = { cursor: '', removed: 0 };

async function saveProgress(
  { database }: Pick<JobsDeps, 'database'>,
  { cursor, removed, pauseSeconds }: Progress,
): Promise<void> {
  await database.run((executor) =>
    executor.update(installation).set({
      scanCursor: cursor,
      scanRemoved: removed,
      scanAfter: sql`now() + ${pauseSeconds} * interval '1 second'`,
    }),
  );
}
