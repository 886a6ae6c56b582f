import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { publishJob } from './publish-job.ts';
import { type Run, runIs } from './run.ts';

/**
 * Gives up a run that its worker cannot finish, at no cost to the job: it waits again, due at once, with a message of its
 * own, as if the run had never begun. Only the run number stays raised, so that nothing of this run counts any more.
 *
 * @returns false when the run was over already; nothing was written then
 */
export async function handBackJob(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  { id, run }: Run,
): Promise<boolean> {
  const rows = await deps.database.run((executor) =>
    executor
      .update(jobs)
      .set({ status: 'uploaded', leaseUntil: null, notBefore: sql`now()`, publishedAt: sql`now()` })
      .where(runIs({ id, run }))
      .returning({ id: jobs.id }),
  );
  if (rows.length === 0) return false;
  await publishJob(deps, { id, run });
  return true;
}
