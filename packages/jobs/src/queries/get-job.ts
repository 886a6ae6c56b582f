import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, type SQL } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Job, readJobs } from './job.ts';
import type { Owned } from './owned.ts';

/**
 * The job with this id.
 *
 * @throws AppError `not_found` when there is none, it was deleted, or it is another's
 */
export const getJob = (deps: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Job> =>
  readJob(deps, and(eq(jobs.id, id), eq(jobs.owner, owner)));

/** As {@link getJob}, whosever it is: only for those whose right to see it was proved otherwise. */
export const getAnyonesJob = (deps: Pick<JobsDeps, 'database'>, id: string): Promise<Job> =>
  readJob(deps, eq(jobs.id, id));

async function readJob({ database }: Pick<JobsDeps, 'database'>, where: SQL | undefined): Promise<Job> {
  const [job] = await database.run((executor) => readJobs(executor, where, { orderBy: [], limit: 1 }));
  if (!job) throw new AppError('not_found', 'There is no job with this id.');
  return job;
}
