import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { publishJob } from './publish-job.ts';
import { isCurrentRun, type Run } from './run.ts';

/**
 * Releases a run that its worker cannot finish: the job is due at once, with a new message, and no failure is counted.
 *
 * The run number stays incremented, so that nothing that this run still does can take effect.
 *
 * @returns false if the run was no longer current; nothing was written then
 */
export async function releaseJob(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  { id, run }: Run,
): Promise<boolean> {
  const rows = await deps.database.run((executor) =>
    executor
      .update(jobs)
      .set({ status: 'uploaded', leaseUntil: null, notBefore: sql`now()`, publishedAt: sql`now()` })
      .where(isCurrentRun({ id, run }))
      .returning({ id: jobs.id }),
  );
  if (rows.length === 0) return false;
  await publishJob(deps, { id, run });
  return true;
}
