import { jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { eq } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { Owned } from '../queries/owned.ts';
import { removeObjects } from './remove-objects.ts';
import { tombstoneJob } from './tombstone.ts';

/**
 * Erases a job and its thumbnails, also while it is processing; the image too when no other job uses it.
 *
 * The job is gone for everyone when this returns. Its objects go at once where the store answers, and the sweep makes
 * sure: the row stays, hidden, until a run that was at work can no longer have stored anything.
 *
 * @throws AppError `not_found`, `unavailable`
 */
export async function deleteJob(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { id, owner }: Owned,
): Promise<void> {
  const gone = await deps.database.transaction((transaction) => tombstoneJob(transaction, id, eq(jobs.owner, owner)));
  if (!gone) throw new AppError('not_found', 'There is no job with this id.');
  await removeObjects(deps, { jobIds: [id], imageId: gone.imageGone ? gone.imageId : null });
}
