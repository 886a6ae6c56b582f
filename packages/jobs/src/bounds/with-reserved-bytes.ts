import { CommitUnknown, images, jobs, ownerStorage } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, lt, lte, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { OwnerBounds } from './owner-bounds.ts';

type StorageDeps = Pick<JobsDeps, 'database' | 'log'>;

/** Longer than a commit may take after its bytes were reserved. */
const uncommittedSeconds = 15;

/** Bytes that an owner is about to store. */
export interface StoredBytes {
  owner: string;
  bytes: number;
}

/**
 * Reserves bytes of an owner's quota, runs `work`, which commits them, and returns them if `work` fails. However many requests
 * reserve at the same time, together they never exceed the quota.
 *
 * @throws AppError `quota_exceeded`, or what `work` throws
 */
export async function withReservedBytes<T>(
  deps: StorageDeps,
  stored: StoredBytes,
  bounds: Pick<OwnerBounds, 'storedBytes'>,
  work: () => Promise<T>,
): Promise<T> {
  if (bounds.storedBytes === 0) return work();
  await reserve(deps, stored, bounds);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommitUnknown)) await unreserve(deps, stored);
    throw error;
  }
}

/**
 * Asserts that an owner has not used up its quota, before an upload is read.
 *
 * @throws AppError `quota_exceeded`
 */
export const assertHasQuota = (
  deps: StorageDeps,
  owner: string,
  bounds: Pick<OwnerBounds, 'storedBytes'>,
): Promise<void> => withReservedBytes(deps, { owner, bytes: 0 }, bounds, async () => undefined);

async function reserve(
  deps: StorageDeps,
  stored: StoredBytes,
  { storedBytes }: Pick<OwnerBounds, 'storedBytes'>,
): Promise<void> {
  if (await tryToReserve(deps, stored, storedBytes)) return;
  await countStored(deps, stored.owner);
  if (await tryToReserve(deps, stored, storedBytes)) return;
  throw new AppError(
    'quota_exceeded',
    `The originals of an owner may have at most ${storedBytes} bytes together. Delete images that are no longer needed.`,
  );
}

/** Gives false if the quota has no room for the bytes, or the owner has not been counted. */
async function tryToReserve({ database }: StorageDeps, { owner, bytes }: StoredBytes, max: number): Promise<boolean> {
  const hasRoom = and(lt(ownerStorage.bytes, max), lte(ownerStorage.bytes, max - bytes));
  const reserved = await database.run((executor) =>
    executor
      .update(ownerStorage)
      .set({
        bytes: sql`${ownerStorage.bytes} + ${bytes}::bigint`,
        ...(bytes > 0 && { reservedAt: sql`clock_timestamp()` }),
      })
      .where(and(eq(ownerStorage.owner, owner), hasRoom))
      .returning({ bytes: ownerStorage.bytes }),
  );
  return reserved.length > 0;
}

/**
 * Counts what an owner has stored, by the index of its jobs, which takes a second for some 100 000 images: at first, and when a returned byte may have been lost with the process that returned it. Not
 * while bytes may be reserved that are not committed, since they would be forgotten.
 */
async function countStored({ database }: StorageDeps, owner: string): Promise<void> {
  await database.run((executor) =>
    executor.execute(sql`
      insert into owner_storage as storage (owner, bytes, reserved_at)
      select ${owner}, coalesce(sum(${images.bytes}), 0), clock_timestamp() from ${images}
      where ${images.deletedAt} is null and ${images.id} in (
        select ${jobs.imageId} from ${jobs} where ${jobs.owner} = ${owner} and ${jobs.deletedAt} is null)
      on conflict (owner) do update set bytes = excluded.bytes
        where storage.reserved_at < clock_timestamp() - ${uncommittedSeconds} * interval '1 second'`),
  );
}

async function unreserve({ database, log }: StorageDeps, { owner, bytes }: StoredBytes): Promise<void> {
  await database
    .run((executor) =>
      executor
        .update(ownerStorage)
        .set({ bytes: sql`${ownerStorage.bytes} - ${bytes}::bigint` })
        .where(eq(ownerStorage.owner, owner)),
    )
    .catch((error) =>
      log.debug({ error }, 'reserved bytes not returned, they are counted again at the edge of the quota'),
    );
}
