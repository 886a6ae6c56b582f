import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, type SQL } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Job, type Owned, readJobs } from './job.ts';

/**
 * Gets a job.
 *
 * @throws AppError `not_found` if there is none, it was deleted or it belongs to another owner
 */
export const getJob = (deps: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Job> =>
  getJobWhere(deps, and(eq(jobs.id, id), eq(jobs.owner, owner)));

/** Gets a job of any owner, as {@link getJob} does. The caller must have proved the right to see it in another way. */
export const getJobOfAnyOwner = (deps: Pick<JobsDeps, 'database'>, id: string): Promise<Job> =>
  getJobWhere(deps, eq(jobs.id, id));

async function getJobWhere({ database }: Pick<JobsDeps, 'database'>, where: SQL | undefined): Promise<Job> {
  const [job] = await database.run((executor) => readJobs(executor, where, { orderBy: [], limit: 1 }));
  if (!job) throw new AppError('not_found', 'There is no job with this id.');
  return job;
}
