import { AppError } from '@thumbnail-api/errors';
import { returnBytes } from '../bounds/return-bytes.ts';
import type { JobsDeps } from '../deps.ts';
import type { Owned } from '../queries/job.ts';
import { returnTurns } from '../turns/return-turns.ts';
import { markImageDeleted } from './mark-deleted.ts';
import { removeObjectsNow } from './remove-objects-now.ts';

/**
 * Deletes an image with all its jobs and thumbnails, as {@link deleteJob} deletes one job.
 *
 * @throws AppError `not_found`, `unavailable`
 */
export async function deleteImage(deps: Pick<JobsDeps, 'database' | 'store' | 'log'>, image: Owned): Promise<void> {
  const jobIds = await deps.database.transaction((transaction) => markImageDeleted(transaction, image));
  if (!jobIds) throw new AppError('not_found', 'There is no image with this id.');
  await returnTurns(deps, jobIds);
  await returnBytes(deps, [image.id]);
  await removeObjectsNow(deps, { jobIds, imageIds: [image.id] });
}
