import { AppError } from '@thumbnail-api/errors';
import type { JobsDeps } from '../deps.ts';
import { type Refused, verifyBucketOwnership } from '../installation/verify-bucket-ownership.ts';
import { scanPage } from './scan-page.ts';
import { withSweepLease } from './sweep-lease.ts';

/** The orphans of a whole bucket. */
export interface BucketReport {
  removed: number;
  /** Orphans that are still there. */
  remaining: number;
  /** Orphans, removed or not, that may belong to rows which the database lost in a restore. */
  untrusted: number;
}

/** How long to wait for the workers to finish a pass. */
const leaseDeadlineMs = 10_000;
const leaseRetryMs = 250;

type ClearDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

/**
 * Scans the whole bucket. If an operator has confirmed it, removes every orphan, however many and also untrusted ones;
 * otherwise only counts them. Removes nothing from a bucket that another installation uses too.
 *
 * @returns the number of orphans, or why nothing may be removed
 * @throws AppError `unavailable` while a worker sweeps, `storage_unavailable`
 */
export async function clearOrphans(
  deps: ClearDeps,
  { confirmed }: { confirmed: boolean },
): Promise<BucketReport | Refused> {
  const removalsMax = confirmed ? Number.POSITIVE_INFINITY : 0;
  const deadline = performance.now() + leaseDeadlineMs;
  do {
    const report = await withSweepLease(deps, 'objects', (signal) => scanBucket(deps, removalsMax, signal));
    if (report) return report;
    await Bun.sleep(leaseRetryMs);
  } while (performance.now() < deadline);
  throw new AppError('unavailable', 'A worker is sweeping the bucket. Try again in a moment.', { retryable: true });
}

async function scanBucket(deps: ClearDeps, removalsMax: number, signal: AbortSignal): Promise<BucketReport | Refused> {
  const bucket = await verifyBucketOwnership(deps);
  if ('refused' in bucket) return bucket;
  const total = { removed: 0, remaining: 0, untrusted: 0 };
  let cursor: string | null = '';
  while (cursor !== null && !signal.aborted) {
    const page = await scanPage(deps, bucket, { cursor, removalsMax, includeUntrusted: true, signal });
    total.removed += page.removed;
    total.remaining += page.remaining;
    total.untrusted += page.untrusted;
    cursor = page.cursor;
  }
  return total;
}
