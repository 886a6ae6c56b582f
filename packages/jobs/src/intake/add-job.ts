import { CommitUnknown, images, jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import { type Job, toJob } from '../queries/job.ts';
import { publishJob } from '../runs/publish-job.ts';
import { assertOutput } from './assert-output.ts';

/** Another job on an image that is kept. */
export interface AddedJob {
  /** Whose image it is, and so whose job. */
  owner: string;
  imageId: string;
  specs: Spec[];
}

/**
 * Adds a job to a kept image: when it returns the job is kept and will end, as after an upload.
 *
 * The image row is locked, and a deletion locks it too: either the new job is seen and the image stays, or the image is
 * gone and nothing was accepted.
 *
 * @param limits the most pixels over all thumbnails and frames of the job
 * @throws AppError `not_found` for an image that is not there, was deleted or is another's, `image_too_large`, `unavailable`
 */
export async function addJob(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  { owner, imageId, specs }: AddedJob,
  limits: { maxOutputPixels: number },
): Promise<Job> {
  const id = Bun.randomUUIDv7();
  const inserting = deps.database.transaction(async (transaction) => {
    const [image] = await transaction
      .select()
      .from(images)
      .where(and(eq(images.id, imageId), eq(images.owner, owner), isNull(images.deletedAt)))
      .for('update');
    if (!image) throw new AppError('not_found', 'There is no image with this id.');
    assertOutput(image, specs, limits);
    const [row] = await transaction
      .insert(jobs)
      .values({ id, owner, imageId, specs, publishedAt: sql`now()` })
      .returning();
    if (!row) throw new Error('an INSERT that gave no row');
    return toJob(row, image, []);
  });
  const job = await inserting.catch(async (error) => {
    // Where the fate of a COMMIT is unknown the row decides.
    const found = error instanceof CommitUnknown ? await getJob(deps, { id, owner }).catch(() => null) : null;
    if (!found) throw error;
    return found;
  });
  await publishJob(deps, { id, run: 0 });
  return job;
}
