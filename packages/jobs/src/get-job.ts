import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { eq } from 'drizzle-orm';
import type { JobsDeps } from './deps.ts';
import { type Job, readJobs } from './job.ts';

/**
 * The job with this id.
 *
 * @throws AppError `not_found` when there is none, or it was deleted
 */
export async function getJob({ database }: Pick<JobsDeps, 'database'>, id: string): Promise<Job> {
  const [job] = await database.run((executor) => readJobs(executor, eq(jobs.id, id), { orderBy: [], limit: 1 }));
  if (!job) throw new AppError('not_found', 'There is no job with this id.');
  return job;
}
