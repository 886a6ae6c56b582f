import { forEachConcurrently } from '@thumbnail-api/resilience';
import { type CallOptions, type ObjectStore, originalKey, thumbnailPrefix } from '@thumbnail-api/storage';

/** Images and jobs that were deleted. */
export interface DeletedIds {
  /** Jobs whose thumbnails are removed. */
  jobIds: readonly string[];
  /** Images whose originals are removed. */
  imageIds: readonly string[];
}

/** The objects of deleted images and jobs that could not be removed: why, by the id of the image or job. */
export type RemovalFailures = Map<string, unknown>;

const pageMax = 1_000;
const listingsMax = 32;

/**
 * Removes the originals of images and every thumbnail of jobs, with or without rows.
 *
 * One object that the store refuses to list or delete does not hold up the others.
 *
 * @returns what could not be removed although the store is available
 * @throws AppError `storage_unavailable` if the store does not answer a check either; the reason of the signal
 */
export async function removeObjects(
  store: ObjectStore,
  { jobIds, imageIds }: DeletedIds,
  options: CallOptions = {},
): Promise<RemovalFailures> {
  const failures: RemovalFailures = new Map();
  let check: Promise<void> | undefined;
  const fail = async (ids: Iterable<string>, error: unknown) => {
    check ??= store.check(options);
    await check;
    for (const id of ids) failures.set(id, error);
  };

  const idOfKey = new Map(imageIds.map((id) => [originalKey(id), id]));
  await forEachConcurrently(jobIds, listingsMax, async (id) => {
    try {
      for (const key of await listThumbnails(store, id, options)) idOfKey.set(key, id);
    } catch (error) {
      await fail([id], error);
    }
  });
  try {
    const refused = await store.deleteMany([...idOfKey.keys()], options);
    for (const { key, error } of refused) failures.set(idOfKey.get(key) ?? key, error);
  } catch (error) {
    await fail(idOfKey.values(), error);
  }
  return failures;
}

async function listThumbnails(store: ObjectStore, jobId: string, options: CallOptions): Promise<string[]> {
  const keys: string[] = [];
  let page: { key: string }[];
  do {
    const after = keys.at(-1);
    page = await store.list(thumbnailPrefix(jobId), { ...options, limit: pageMax, ...(after && { after }) });
    keys.push(...page.map(({ key }) => key));
  } while (page.length === pageMax);
  return keys;
}
