import { installation } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { scanSlice } from './scan-slice.ts';
import { verifyBucketOwnership } from './verify-bucket-ownership.ts';

/** How many objects one walk through the bucket may remove; more than that is for a person to look at. */
const removalsMax = 100;
/** How long the search rests when it had found more. */
const restSeconds = 3_600;

/**
 * Goes on with the search for objects that no row names: a thousand objects, then the next pass. A walk through the bucket
 * removes 100 at most; when there were more the search says so and rests for an hour, or until `bun run sweep --confirm`.
 *
 * The caller holds the sweep lease.
 *
 * @param everySeconds how long to rest between two walks
 * @returns how many were removed
 */
export async function searchOrphans(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { everySeconds, signal }: { everySeconds: number; signal?: AbortSignal },
): Promise<number> {
  const [place] = await deps.database.run((executor) =>
    executor
      .select({ cursor: installation.scanCursor, removed: installation.scanRemoved })
      .from(installation)
      .where(sql`${installation.scanAfter} <= now()`),
  );
  if (!place) return 0;
  const bucket = await verifyBucketOwnership(deps);
  if ('refused' in bucket) {
    await keepPlace(deps, { cursor: '', removed: 0, restSeconds: everySeconds });
    return 0;
  }
  const report = await scanSlice(deps, bucket, {
    cursor: place.cursor,
    removalsMax: removalsMax - place.removed,
    evenOlder: false,
    ...(signal && { signal }),
  });
  // Another sweeper has taken over, and goes on from the same place.
  if (signal?.aborted) return report.removed;
  if (report.left > 0) {
    deps.log.warn(
      { removed: report.removed, left: report.left },
      'more objects without a row than a sweep removes by itself: look at them with `bun run sweep`',
    );
    await keepPlace(deps, { cursor: '', removed: 0, restSeconds });
  } else if (report.cursor === null) {
    await keepPlace(deps, { cursor: '', removed: 0, restSeconds: everySeconds });
  } else {
    await keepPlace(deps, { cursor: report.cursor, removed: place.removed + report.removed, restSeconds: 0 });
  }
  return report.removed;
}

interface Place {
  cursor: string;
  removed: number;
  restSeconds: number;
}

async function keepPlace({ database }: Pick<JobsDeps, 'database'>, place: Place): Promise<void> {
  await database.run((executor) =>
    executor.update(installation).set({
      scanCursor: place.cursor,
      scanRemoved: place.removed,
      scanAfter: sql`now() + ${place.restSeconds} * interval '1 second'`,
    }),
  );
}
