import type { JobsDeps } from '../deps.ts';
import { claimDeletions, type DeletionTable, postponeDeletions, releaseDeletions } from './claim-deletions.ts';
import { deleteRows } from './delete-rows.ts';
import { recordDeletions } from './record-deletions.ts';
import { type DeletedIds, removeObjects } from './remove-objects.ts';

type FinishDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

/** After this time a call starts no further batch. */
const deadlineMs = 10_000;
/** The most ids in a line of the log. */
const loggedMax = 10;

/**
 * Finishes deletions whose runs can no longer store anything: removes their objects, then deletes their rows. The oldest
 * ones first, in batches of up to 500, for about 10 s. Any number of workers share the work.
 *
 * A deletion whose object the store refuses to delete is postponed.
 *
 * @returns how many rows were deleted
 * @throws AppError `storage_unavailable`; what is left is due at once. `unavailable`; then it is due after two minutes
 */
export async function finishDeletions(deps: FinishDeps): Promise<number> {
  const startedAt = performance.now();
  let deleted = 0;
  let claimed: number;
  do {
    const batches = [await finishBatch(deps, 'jobs'), await finishBatch(deps, 'images')];
    deleted += batches.reduce((sum, batch) => sum + batch.deleted, 0);
    claimed = batches.reduce((sum, batch) => sum + batch.claimed, 0);
  } while (claimed > 0 && performance.now() - startedAt < deadlineMs);
  return deleted;
}

async function finishBatch(deps: FinishDeps, table: DeletionTable): Promise<{ claimed: number; deleted: number }> {
  const { database, store, log } = deps;
  const ids = await claimDeletions(database, table);
  if (ids.length === 0) return { claimed: 0, deleted: 0 };
  const claimed: DeletedIds = { jobIds: table === 'jobs' ? ids : [], imageIds: table === 'images' ? ids : [] };
  const remove = async () => {
    await recordDeletions(deps, claimed);
    return removeObjects(store, claimed);
  };
  const failures = await remove().catch(async (error) => {
    await releaseDeletions(database, table, ids);
    throw error;
  });
  const removed = ids.filter((id) => !failures.has(id));
  // The objects of `removed` are gone and their rows still exist.
  await deleteRows(database, table, removed);
  const refused = [...failures.keys()];
  if (refused.length > 0) {
    await postponeDeletions(database, table, refused);
    const [error] = failures.values();
    log.warn(
      { error, table, count: refused.length, ids: refused.slice(0, loggedMax) },
      'the object store refuses to delete objects, trying again later',
    );
  }
  return { claimed: ids.length, deleted: removed.length };
}
