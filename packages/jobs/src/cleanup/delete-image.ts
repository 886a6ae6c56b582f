import { AppError } from '@thumbnail-api/errors';
import type { JobsDeps } from '../deps.ts';
import type { Owned } from '../queries/owned.ts';
import { removeObjects } from './remove-objects.ts';
import { tombstoneImage } from './tombstone.ts';

/**
 * Erases an image, all its jobs and everything made from it, as {@link deleteJob} does for one job.
 *
 * @throws AppError `not_found`, `unavailable`
 */
export async function deleteImage(deps: Pick<JobsDeps, 'database' | 'store' | 'log'>, image: Owned): Promise<void> {
  const jobIds = await deps.database.transaction((transaction) => tombstoneImage(transaction, image));
  if (!jobIds) throw new AppError('not_found', 'There is no image with this id.');
  await removeObjects(deps, { jobIds, imageId: image.id });
}
