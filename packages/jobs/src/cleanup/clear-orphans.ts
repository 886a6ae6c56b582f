import { AppError } from '@thumbnail-api/errors';
import type { JobsDeps } from '../deps.ts';
import { scanSlice } from './scan-slice.ts';
import { withSweepLease } from './sweep-lease.ts';
import { type Refused, verifyBucketOwnership } from './verify-bucket-ownership.ts';

/** What a person is told of the whole bucket. */
export interface BucketReport {
  /** Removed now. */
  removed: number;
  /** Objects that no row names and that are still there. */
  left: number;
  /** Those among all of them that are older than the time from which this database can speak for the bucket. */
  older: number;
}

/** How long to wait for the end of a pass of the workers. */
const patienceMs = 10_000;
const pauseMs = 250;

/**
 * Walks through the whole bucket once and, when `confirmed`, removes every object that no row names, however many and
 * also from before the database was restored: a person has looked. Else only counts them. A bucket that another
 * installation uses as well stays as it is.
 *
 * @returns why nothing may be removed, or what was found
 * @throws AppError `unavailable` while a worker sweeps, `storage_unavailable`
 */
export async function clearOrphans(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { confirmed }: { confirmed: boolean },
): Promise<BucketReport | Refused> {
  const walk = async (signal: AbortSignal): Promise<BucketReport | Refused> => {
    const bucket = await verifyBucketOwnership(deps);
    if ('refused' in bucket) return bucket;
    const total = { removed: 0, left: 0, older: 0 };
    let cursor: string | null = '';
    while (cursor !== null && !signal.aborted) {
      const removalsMax = confirmed ? Number.POSITIVE_INFINITY : 0;
      const slice = await scanSlice(deps, bucket, { cursor, removalsMax, evenOlder: true, signal });
      total.removed += slice.removed;
      total.left += slice.left;
      total.older += slice.older;
      cursor = slice.cursor;
    }
    return total;
  };
  const end = performance.now() + patienceMs;
  do {
    const report = await withSweepLease(deps, 'objects', walk);
    if (report) return report;
    await Bun.sleep(pauseMs);
  } while (performance.now() < end);
  throw new AppError('unavailable', 'A worker is sweeping: try again in a moment.', { retryable: true });
}
