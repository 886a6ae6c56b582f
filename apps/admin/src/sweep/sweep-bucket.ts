import { type BucketReport, clearOrphans, type JobsDeps, type Refused } from '@thumbnail-api/jobs';

/** The result of the command. */
export interface SweepResult {
  /** A message for the user. */
  line: string;
  /** 0: done; 1: refused; 64: invalid arguments. */
  exitCode: 0 | 1 | 64;
}

const usage = `Usage:
bun run sweep            counts the orphans: objects in the bucket that no database row refers to
bun run sweep --confirm  moves them to orphans/, where they are erased after ORPHAN_DAYS`;

const refusals: Record<Refused['refused'], string> = {
  'never used': 'This database has never stored an upload, so it cannot tell which objects of the bucket are orphans.',
  shared:
    'Another installation uses this bucket too, so nothing was moved. If that installation no longer exists, delete its object below installations/ and try again.',
  overtaken: 'A worker is sweeping the bucket. Try again.',
};

/**
 * Counts the orphans in the whole bucket and, with `--confirm`, moves them to the quarantine.
 *
 * @throws AppError `unavailable` while a worker sweeps, `storage_unavailable`
 */
export async function sweepBucket(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  args: string[],
): Promise<SweepResult> {
  const confirmed = args.length === 1 && args[0] === '--confirm';
  if (args.length > 0 && !confirmed) return { line: usage, exitCode: 64 };
  const report = await clearOrphans(deps, { confirmed });
  if ('refused' in report) return { line: refusals[report.refused], exitCode: 1 };
  return { line: confirmed ? describeRemoval(report) : describeOrphans(report), exitCode: 0 };
}

const describeRemoval = ({ quarantined, remaining }: BucketReport) =>
  `Orphans moved to orphans/: ${quarantined}. They are erased after ORPHAN_DAYS.${remaining > 0 ? ` Orphans that remain: ${remaining}.` : ''}`;

function describeOrphans({ remaining, untrusted }: BucketReport): string {
  if (remaining === 0) return 'No orphans found. Objects that are too new to judge were skipped.';
  const restored =
    untrusted > 0
      ? ` ${untrusted} of them are from a time that this database does not cover, so they may be accepted images that it lost in a restore.`
      : '';
  return `Orphans found: ${remaining}.${restored} To quarantine them, run: bun run sweep --confirm`;
}
