import { AppError } from '@thumbnail-api/errors';
import type { JobsDeps } from '../deps.ts';
import { type Refused, verifyBucketOwnership } from '../installation/verify-bucket-ownership.ts';
import { objectPrefixes, scanPage } from './scan-page.ts';
import { withSweepLease } from './sweep-lease.ts';

/** The orphans of a whole bucket. */
export interface BucketReport {
  quarantined: number;
  /** Orphans that are still there. */
  remaining: number;
  /** Orphans, moved or not, that may belong to rows which the database lost in a restore. */
  untrusted: number;
}

/** How long to wait for the workers to finish a pass. */
const leaseDeadlineMs = 10_000;
const leaseRetryMs = 250;

type ClearDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

/**
 * Scans the whole bucket. If an operator has confirmed it, quarantines every orphan, also untrusted ones; otherwise only
 * counts them. Moves nothing in a bucket that another installation uses too.
 *
 * @returns the number of orphans, or why nothing may be moved
 * @throws AppError `unavailable` while a worker sweeps, `storage_unavailable`
 */
export async function clearOrphans(
  deps: ClearDeps,
  { confirmed }: { confirmed: boolean },
): Promise<BucketReport | Refused> {
  const deadline = performance.now() + leaseDeadlineMs;
  do {
    const report = await withSweepLease(deps, 'objects', (signal) => scanBucket(deps, !confirmed, signal));
    if (report) return report;
    await Bun.sleep(leaseRetryMs);
  } while (performance.now() < deadline);
  throw new AppError('unavailable', 'A worker is sweeping the bucket. Try again in a moment.', { retryable: true });
}

async function scanBucket(deps: ClearDeps, isDryRun: boolean, signal: AbortSignal): Promise<BucketReport | Refused> {
  const bucket = await verifyBucketOwnership(deps);
  if ('refused' in bucket) return bucket;
  const total = { quarantined: 0, remaining: 0, untrusted: 0 };
  for (const prefix of objectPrefixes) {
    let after: string | null = '';
    while (after !== null && !signal.aborted) {
      const page = await scanPage(deps, bucket, { prefix, after, isDryRun, includeUntrusted: true, signal });
      total.quarantined += page.quarantined;
      total.remaining += page.remaining;
      total.untrusted += page.untrusted;
      after = page.last;
    }
  }
  return total;
}
