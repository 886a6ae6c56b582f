import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/**
 * Forgets the turns of owners without an unfinished job: what they used in the past neither favours nor burdens their next job.
 * Also keeps the table as small as the number of owners that are served.
 *
 * @returns how many were forgotten
 */
export async function forgetTurns({ database }: Pick<JobsDeps, 'database'>): Promise<number> {
  const forgotten = await database.run((executor) =>
    executor.execute(sql`
      delete from owner_turns as turn
      where not exists (
        select from ${jobs}
        where ${jobs.owner} = turn.owner and ${jobs.status} in ('uploaded', 'processing') and ${jobs.deletedAt} is null)
      returning owner`),
  );
  return forgotten.length;
}
