import { jobs } from '@thumbnail-api/db';
import { and, eq, inArray, sum } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { correctTurns } from './correct-turns.ts';

/**
 * Gives back to their owners the time of deleted jobs that were still waiting, so that what they send instead need not wait for it.
 *
 * Best effort: otherwise the time is forgotten when all jobs of the owner have ended.
 */
export async function returnTurns(
  { database, log }: Pick<JobsDeps, 'database' | 'log'>,
  jobIds: string[],
): Promise<void> {
  try {
    const isWaiting = and(inArray(jobs.id, jobIds), eq(jobs.status, 'uploaded'));
    const unused = await database.run((executor) =>
      executor
        .select({ owner: jobs.owner, ms: sum(jobs.costMs).mapWith(Number) })
        .from(jobs)
        .where(isWaiting)
        .groupBy(jobs.owner),
    );
    await correctTurns(
      { database },
      unused.map(({ owner, ms }) => ({ owner, ms: -(ms ?? 0) })),
    );
  } catch (error) {
    log.debug({ error }, 'turns of deleted jobs not returned');
  }
}
