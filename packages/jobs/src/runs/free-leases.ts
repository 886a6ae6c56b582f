import { jobs } from '@thumbnail-api/db';
import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { announceEnd } from '../events/announce-end.ts';
import { lostLeasesMax } from './run-policy.ts';

const batchMax = 1_000;

/**
 * Ends runs with an expired lease, so that their jobs can run again. At most 1 000 a call.
 *
 * Their worker crashed or froze, which usually is not the job's fault. The tenth lost lease ends the job in
 * `internal_error`; `onEnd` is called for each job that ends.
 *
 * @returns how many runs were ended
 */
export async function freeLeases(
  { database }: Pick<JobsDeps, 'database'>,
  onEnd: () => void = () => undefined,
): Promise<number> {
  const freed = await database.transaction(async (transaction) => {
    const lost = transaction
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.status, 'processing'), isNull(jobs.deletedAt), lt(jobs.leaseUntil, sql`now()`)))
      .limit(batchMax)
      .for('update', { skipLocked: true });
    const isLast = sql`${jobs.lostLeases} + 1 >= ${lostLeasesMax}`;
    const rows = await transaction
      .update(jobs)
      .set({
        status: sql`case when ${isLast} then 'error' else 'uploaded' end`,
        errorCode: sql`case when ${isLast} then 'internal_error' end`,
        errorMessage: sql`case when ${isLast} then 'The job was started too often without finishing.' end`,
        finishedAt: sql`case when ${isLast} then now() end`,
        lostLeases: sql`${jobs.lostLeases} + 1`,
        leaseUntil: null,
        notBefore: sql`now()`,
        publishedAt: null,
      })
      .where(inArray(jobs.id, lost))
      .returning({ id: jobs.id, status: jobs.status });
    const ended = rows.filter(({ status }) => status === 'error');
    for (const { id } of ended) await announceEnd(transaction, id);
    return { rows, ended };
  });
  for (const _ of freed.ended) onEnd();
  return freed.rows.length;
}
