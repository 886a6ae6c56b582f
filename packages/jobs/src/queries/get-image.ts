import { type ImageRow, images, jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Job, type Owned, readJobs } from './job.ts';
import { isVisible } from './visible-owner.ts';

/** An image with its jobs, newest first. */
export interface Image extends ImageRow {
  jobs: Job[];
}

/** Older jobs appear only in the list of jobs. */
const jobsMax = 1_000;

/**
 * Gets an image with its newest 1 000 jobs.
 *
 * @throws AppError `not_found` if there is none, it was deleted or it belongs to another owner
 */
export async function getImage({ database }: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Image> {
  const image = await database.run(async (executor) => {
    const [row] = await executor
      .select()
      .from(images)
      .where(and(eq(images.id, id), isVisible(images.owner, owner), isNull(images.deletedAt)));
    const page = { orderBy: [desc(jobs.createdAt), desc(jobs.id)], limit: jobsMax };
    return row ? { ...row, jobs: await readJobs(executor, eq(jobs.imageId, id), page) } : null;
  });
  if (!image) throw new AppError('not_found', 'There is no image with this id.');
  return image;
}
