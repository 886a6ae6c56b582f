import { jobs } from '@thumbnail-api/db';
import { and, eq, inArray, sum } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { correctTurns } from './correct-turns.ts';

/**
 * Gives back to an owner the time of deleted jobs that were still waiting, so that what it sends instead need not wait for it.
 *
 * Best effort: otherwise the time is forgotten when all jobs of the owner have ended.
 */
export async function returnTurns(
  { database, log }: Pick<JobsDeps, 'database' | 'log'>,
  { owner, jobIds }: { owner: string; jobIds: string[] },
): Promise<void> {
  try {
    const isWaiting = and(inArray(jobs.id, jobIds), eq(jobs.status, 'uploaded'));
    const [unused] = await database.run((executor) =>
      executor
        .select({ ms: sum(jobs.costMs).mapWith(Number) })
        .from(jobs)
        .where(isWaiting),
    );
    if (unused?.ms) await correctTurns({ database }, [{ owner, ms: -unused.ms }]);
  } catch (error) {
    log.debug({ error }, 'turns of deleted jobs not returned');
  }
}
