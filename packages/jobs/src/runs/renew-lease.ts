import { jobs } from '@thumbnail-api/db';
import type { JobsDeps } from '../deps.ts';
import { newLease } from './claim-job.ts';
import { type Run, runIs } from './run.ts';

/**
 * Lets a run work on for another lease.
 *
 * @returns false when the run is over: it lost its lease to another run, or the job was deleted
 */
export async function renewLease({ database }: Pick<JobsDeps, 'database'>, run: Run): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor.update(jobs).set({ leaseUntil: newLease() }).where(runIs(run)).returning({ id: jobs.id }),
  );
  return rows.length > 0;
}
