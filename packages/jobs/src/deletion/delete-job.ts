import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { returnBytes } from '../bounds/return-bytes.ts';
import type { JobsDeps } from '../deps.ts';
import type { Owned } from '../queries/job.ts';
import { isVisible } from '../queries/visible-owner.ts';
import { returnTurns } from '../turns/return-turns.ts';
import { markJobDeleted } from './mark-deleted.ts';
import { removeObjectsNow } from './remove-objects-now.ts';

/**
 * Deletes a job and its thumbnails in any state; the image too if no other job uses it.
 *
 * When it returns, no query finds the job. Its objects are removed at once if the store answers. The row stays until the
 * sweep has removed them again, since a run in progress may still store some.
 *
 * @throws AppError `not_found`, `unavailable`
 */
export async function deleteJob(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { id, owner }: Owned,
): Promise<void> {
  const deleted = await deps.database.transaction((transaction) =>
    markJobDeleted(transaction, id, isVisible(jobs.owner, owner)),
  );
  if (!deleted) throw new AppError('not_found', 'There is no job with this id.');
  const imageIds = deleted.isImageDeleted ? [deleted.imageId] : [];
  await returnTurns(deps, [id]);
  await returnBytes(deps, imageIds);
  await removeObjectsNow(deps, { jobIds: [id], imageIds });
}
