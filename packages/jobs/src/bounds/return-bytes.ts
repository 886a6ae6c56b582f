import { images } from '@thumbnail-api/db';
import { inArray, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/**
 * Returns the bytes of deleted images to the quotas of their owners.
 *
 * Best effort: what is not returned is counted again when an owner reaches its quota.
 */
export async function returnBytes(
  { database, log }: Pick<JobsDeps, 'database' | 'log'>,
  imageIds: string[],
): Promise<void> {
  if (imageIds.length === 0) return;
  await database
    .run((executor) =>
      executor.execute(sql`
        update owner_storage as storage set bytes = greatest(0, storage.bytes - deleted.bytes)
        from (
          select ${images.owner} as owner, sum(${images.bytes}) as bytes from ${images}
          where ${inArray(images.id, imageIds)} group by 1
        ) as deleted
        where storage.owner = deleted.owner`),
    )
    .catch((error) => log.debug({ error }, 'bytes of deleted images not returned'));
}
