import { jobs, type Transaction } from '@thumbnail-api/db';
import { and, asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { countRoom, tooManyUnfinished } from '../bounds/assert-may-add.ts';
import { type OwnerBounds, unbounded } from '../bounds/owner-bounds.ts';
import type { JobsDeps } from '../deps.ts';
import { assertSameRequest, bindKey, fingerprintOf, type ReservedKey } from '../intake/idempotency-key.ts';
import { type JobFilters, matchesFilters } from '../queries/job-filters.ts';
import { unknownCostMs } from '../turns/estimate-cost.ts';
import { type Turn, takeTurns } from '../turns/take-turns.ts';
import { isRestartable, restarted } from './restart.ts';

/** Which failed jobs to retry. */
export interface RetrySelection extends Omit<JobFilters, 'status'> {
  /** Only jobs of this batch. */
  batchId?: string | undefined;
}

/** The result of a bulk retry. */
export interface RetriedJobs {
  retried: number;
  /** The estimated time of their runs, in milliseconds; 0 if an earlier request with the same key retried them. */
  costMs: number;
  /** Whether more jobs match: another call continues. */
  hasMore: boolean;
}

const batchMax = 1_000;

/**
 * Makes all failed jobs that match run again, as `retryJob` does: at most 1 000 a call, oldest first. Jobs that would fail again
 * are left out. The sweep publishes them. If the key was used for the same selection before, gives the first result.
 *
 * Retries fewer if the owner's bound on unfinished jobs leaves room for fewer.
 *
 * @throws AppError `unavailable`, `idempotency_mismatch`, `rate_limited` if it leaves no room
 */
export async function retryJobs(
  { database }: Pick<JobsDeps, 'database'>,
  selection: RetrySelection,
  key?: ReservedKey,
  bounds: OwnerBounds = unbounded,
): Promise<RetriedJobs> {
  const { owner: _, ...asked } = selection;
  const fingerprint = fingerprintOf('retry jobs', Object.entries(asked).sort());
  if (key?.first) {
    assertSameRequest(key.first, fingerprint);
    return storedResult.parse(key.first.result);
  }
  return await database.transaction(async (transaction) => {
    const { owner } = selection;
    // An operator who retries for all owners is not bound.
    const room = typeof owner === 'string' ? await countRoom(transaction, owner, bounds) : batchMax;
    if (room <= 0) throw tooManyUnfinished(bounds);
    const result = await restartJobs(transaction, selection, Math.min(batchMax, room));
    if (key) await bindKey(transaction, key, { fingerprint, result });
    return result;
  });
}

const storedResult: z.ZodType<RetriedJobs> = z
  .object({ retried: z.number().catch(0), hasMore: z.boolean().catch(false) })
  .transform((result) => ({ ...result, costMs: 0 }))
  .catch({ retried: 0, costMs: 0, hasMore: false });

async function restartJobs(
  transaction: Transaction,
  { batchId, ...filters }: RetrySelection,
  max: number,
): Promise<RetriedJobs> {
  // A job that is locked is being retried or deleted by another request.
  const found = await transaction
    .select({ id: jobs.id, owner: jobs.owner, costMs: jobs.costMs })
    .from(jobs)
    .where(and(matchesFilters(filters), isRestartable(), batchId ? eq(jobs.batchId, batchId) : undefined))
    .orderBy(asc(jobs.createdAt), asc(jobs.id))
    .limit(max + 1)
    .for('update', { skipLocked: true });
  const failed = found.slice(0, max);
  // Within the transaction, since it is not known before which jobs it retries. The owner's creates wait for this commit.
  const turns: (Turn & { id: string })[] = [];
  for (const [owner, own] of Map.groupBy(failed, (job) => job.owner)) {
    const next = await takeTurns(
      transaction,
      owner,
      own.map(({ costMs }) => costMs ?? unknownCostMs),
    );
    turns.push(...next.map((turn, index) => ({ id: own[index]?.id ?? '', ...turn })));
  }
  const rows = JSON.stringify(turns);
  await transaction
    .update(jobs)
    .set({ ...restarted, fairStart: sql`turn."fairStart"`, costMs: sql`turn."costMs"`, publishedAt: null })
    .from(sql`jsonb_to_recordset(${rows}::jsonb) as turn (id uuid, "fairStart" timestamptz, "costMs" integer)`)
    .where(sql`${jobs.id} = turn.id`);
  const costMs = turns.reduce((sum, turn) => sum + turn.costMs, 0);
  return { retried: failed.length, costMs, hasMore: found.length > max };
}
