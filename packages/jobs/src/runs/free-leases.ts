import { jobs } from '@thumbnail-api/db';
import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { announceEnd } from '../events/announce-end.ts';
import { lostLeasesMax } from './run-policy.ts';

const batchMax = 1_000;

/**
 * Takes back the runs whose lease ran out: their worker died or froze, which is no fault of the job. The tenth time is
 * taken for one and ends it; `onEnd` is called for each of those. At most 1 000 a call.
 *
 * @returns how many were taken back
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
    const last = sql`${jobs.lostLeases} + 1 >= ${lostLeasesMax}`;
    const rows = await transaction
      .update(jobs)
      .set({
        status: sql`case when ${last} then 'error' else 'uploaded' end`,
        errorCode: sql`case when ${last} then 'internal_error' end`,
        errorMessage: sql`case when ${last} then 'The job was begun too often and never ended.' end`,
        finishedAt: sql`case when ${last} then now() end`,
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
