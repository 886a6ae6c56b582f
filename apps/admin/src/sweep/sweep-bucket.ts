import { type BucketReport, clearOrphans, type JobsDeps, type Refused } from '@thumbnail-api/jobs';

/** What the command says, and how it ends: 0 done, 1 refused, 64 not understood. */
export interface Said {
  line: string;
  exitCode: 0 | 1 | 64;
}

const usage = 'bun run sweep: counts the objects that no row names. bun run sweep --confirm: removes them.';

const refusals: Record<Refused['refused'], string> = {
  'never used': 'This database has never taken an upload: it cannot tell what is left over in this bucket.',
  shared:
    'Another installation uses this bucket as well, so nothing is removed. When it is gone for good, remove its key below installations/.',
  overtaken: 'A worker was quicker: try again.',
};

/**
 * Walks through the whole bucket and says what no row names; with `--confirm` it removes that too.
 *
 * @throws AppError `unavailable` while a worker sweeps, `storage_unavailable`
 */
export async function sweepBucket(deps: Pick<JobsDeps, 'database' | 'store' | 'log'>, words: string[]): Promise<Said> {
  const confirmed = words.length === 1 && words[0] === '--confirm';
  if (words.length > 0 && !confirmed) return { line: usage, exitCode: 64 };
  const report = await clearOrphans(deps, { confirmed });
  if ('refused' in report) return { line: refusals[report.refused], exitCode: 1 };
  return { line: confirmed ? removedLine(report) : foundLine(report), exitCode: 0 };
}

const removedLine = ({ removed, remaining }: BucketReport) =>
  `Removed ${removed} objects that no row named${remaining > 0 ? `; ${remaining} are still there` : ''}.`;

const foundLine = ({ remaining, untrusted }: BucketReport) =>
  remaining === 0
    ? 'Every object that is old enough to be judged is named by a row.'
    : `No row names ${remaining} objects${untrusted > 0 ? `, ${untrusted} of them from before this database can speak for (was it restored?)` : ''}. Remove them with: bun run sweep --confirm`;
