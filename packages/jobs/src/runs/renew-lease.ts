import { jobs } from '@thumbnail-api/db';
import type { JobsDeps } from '../deps.ts';
import { newLease } from './claim-job.ts';
import { isCurrentRun, type Run } from './run.ts';

/**
 * Renews the lease of a run.
 *
 * @returns false if the run is no longer current: it lost its lease, or the job was deleted
 */
export async function renewLease({ database }: Pick<JobsDeps, 'database'>, run: Run): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor.update(jobs).set({ leaseUntil: newLease() }).where(isCurrentRun(run)).returning({ id: jobs.id }),
  );
  return rows.length > 0;
}
