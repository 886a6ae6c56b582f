import { type Executor, jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { sql } from 'drizzle-orm';
import type { OwnerBounds } from './owner-bounds.ts';

/** Long enough that some jobs have ended by then. */
const retryAfterSeconds = 5;

/**
 * Asserts that an owner may have `count` more unfinished jobs. Requests in progress at the same time may exceed the bound
 * together, by as many jobs as they create.
 *
 * @throws AppError `rate_limited`
 */
export async function assertMayAdd(
  executor: Executor,
  { owner, count }: { owner: string; count: number },
  bounds: Pick<OwnerBounds, 'unfinishedJobs'>,
): Promise<void> {
  if ((await countRoom(executor, owner, bounds)) < count) throw tooManyUnfinished(bounds);
}

/** Counts how many more jobs an owner may add; infinite without a bound. Reads at most as many index entries as the bound. */
export async function countRoom(
  executor: Executor,
  owner: string,
  { unfinishedJobs }: Pick<OwnerBounds, 'unfinishedJobs'>,
): Promise<number> {
  if (unfinishedJobs === 0) return Number.POSITIVE_INFINITY;
  const [row] = await executor.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from ${jobs}
      where ${jobs.owner} = ${owner} and ${jobs.status} in ('uploaded', 'processing') and ${jobs.deletedAt} is null
      limit ${unfinishedJobs}) as unfinished`);
  return unfinishedJobs - (row?.count ?? 0);
}

/** The error for an owner who has too many unfinished jobs. */
export const tooManyUnfinished = ({ unfinishedJobs }: Pick<OwnerBounds, 'unfinishedJobs'>): AppError =>
  new AppError(
    'rate_limited',
    `At most ${unfinishedJobs} jobs may be unfinished at a time. Wait until some have ended.`,
    { retryable: true, retryAfterSeconds },
  );
