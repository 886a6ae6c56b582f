import { type ImageRow, images, jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, exists, isNull, or, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { Owned } from './job.ts';
import { type JobsPage, listJobs } from './list-jobs.ts';
import { isVisible } from './visible-owner.ts';

/** An image, with the first page of its jobs. */
export interface Image extends ImageRow, Pick<JobsPage, 'jobs' | 'next'> {
  /** Whether one of all its jobs has shown that it can be decoded: it succeeded, or only its output was too large. */
  isReadable: boolean;
}

const jobsMax = 20;

/**
 * Gets an image with its newest 20 jobs, and the cursor of the others for {@link listJobs}.
 *
 * @throws AppError `not_found` if there is none, it was deleted or it belongs to another owner
 */
export async function getImage({ database }: Pick<JobsDeps, 'database'>, { id, owner }: Owned): Promise<Image> {
  const hasDecoded = or(eq(jobs.status, 'success'), eq(jobs.errorCode, 'render_too_large'));
  const image = await database.run(async (executor) => {
    const decoded = executor
      .select({ one: sql`1` })
      .from(jobs)
      .where(and(eq(jobs.imageId, id), isNull(jobs.deletedAt), hasDecoded));
    const [row] = await executor
      .select({ image: images, isReadable: exists(decoded) })
      .from(images)
      .where(and(eq(images.id, id), isVisible(images.owner, owner), isNull(images.deletedAt)));
    return row;
  });
  if (!image) throw new AppError('not_found', 'There is no image with this id.');
  const { jobs: newest, next } = await listJobs({ database }, { owner, imageId: id, limit: jobsMax });
  return { ...image.image, isReadable: image.isReadable === true, jobs: newest, next };
}
