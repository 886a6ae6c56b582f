import { jobs } from '@thumbnail-api/db';
import { type ObjectInfo, quarantineKey } from '@thumbnail-api/storage';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Candidate, findOrphans, type Orphan } from './find-orphans.ts';

type QuarantineDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

/** An orphan as the scan found it. */
export interface FoundOrphan {
  orphan: Orphan;
  candidate: Candidate;
  listed: ObjectInfo;
}

/** Few enough that the last of them is moved soon after they were checked again. */
const chunkMax = 32;
/** The longest time between the last check and the move. After a longer one, as in a process that froze, the object stays. */
const checkedMaxMs = 10_000;
/** How long a failed job may not run while its orphan is moved; longer than a move can take. */
const postponeSeconds = 60;

/**
 * Moves orphans to the quarantine that are still orphans when checked again.
 *
 * @param mayBeUncovered also moves those that the database may have lost; an operator must have confirmed it
 * @returns how many were moved
 */
export async function quarantineOrphans(
  deps: QuarantineDeps,
  found: FoundOrphan[],
  { mayBeUncovered, signal }: { mayBeUncovered: boolean; signal?: AbortSignal | undefined },
): Promise<number> {
  let moved = 0;
  for (let start = 0; start < found.length && !signal?.aborted; start += chunkMax) {
    const chunk = await keepPostponed(deps, found.slice(start, start + chunkMax));
    const checkedAt = performance.now();
    const orphans = await findOrphans(
      deps,
      chunk.map(({ candidate }) => candidate),
    );
    const keys = new Set(orphans.filter(({ isCovered }) => isCovered || mayBeUncovered).map(({ key }) => key));
    const moves = chunk.map(async ({ listed }) => keys.has(listed.key) && moveOrphan(deps, listed, checkedAt));
    moved += (await Promise.all(moves)).filter(Boolean).length;
  }
  return moved;
}

async function moveOrphan({ store, log }: QuarantineDeps, listed: ObjectInfo, checkedAt: number): Promise<boolean> {
  const { key } = listed;
  const current = await store.head(key);
  const isUnchanged = current && toSeconds(current.modifiedAt) === toSeconds(listed.modifiedAt);
  if (!isUnchanged || performance.now() - checkedAt > checkedMaxMs) return false;
  const isMoved = await store.move(key, quarantineKey(key));
  if (isMoved) log.info({ key }, 'orphan quarantined');
  return isMoved;
}

/** S3 gives whole seconds in headers and may give fractions in listings. */
export const toSeconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

/** Delays the retries of failed jobs until the move is over, since a new run may store the same key. */
async function keepPostponed(deps: QuarantineDeps, chunk: FoundOrphan[]): Promise<FoundOrphan[]> {
  const kept: FoundOrphan[] = [];
  for (const each of chunk) {
    const { failedJobId } = each.orphan;
    if (!failedJobId || (await postponeRetry(deps, failedJobId))) kept.push(each);
  }
  return kept;
}

/** Returns false if the job has not failed. */
async function postponeRetry({ database }: QuarantineDeps, id: string): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor
      .update(jobs)
      .set({ notBefore: sql`now() + ${postponeSeconds} * interval '1 second'` })
      .where(and(eq(jobs.id, id), eq(jobs.status, 'error'), isNull(jobs.deletedAt)))
      .returning({ id: jobs.id }),
  );
  return rows.length > 0;
}
