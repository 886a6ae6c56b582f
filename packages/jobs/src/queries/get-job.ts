import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Job, type Owned, readJobs } from './job.ts';
import { isVisible } from './visible-owner.ts';

/**
 * Gets a job.
 *
 * @throws AppError `not_found` if there is none, it was deleted or it belongs to another owner
 */
export async function getJob({ database }: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Job> {
  const where = and(eq(jobs.id, id), isVisible(jobs.owner, owner));
  const [job] = await database.run((executor) => readJobs(executor, where, { orderBy: [], limit: 1 }));
  if (!job) throw new AppError('not_found', 'There is no job with this id.');
  return job;
}
