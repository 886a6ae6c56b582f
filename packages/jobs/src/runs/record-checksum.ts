import { images } from '@thumbnail-api/db';
import { and, eq, isNull } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/**
 * Records the checksum of an original that has none because version 0.1 stored it. The caller has compared its SHA-256.
 *
 * Best effort: without a checksum, the next run compares the SHA-256 again.
 */
export async function recordChecksum(
  { database, log }: Pick<JobsDeps, 'database' | 'log'>,
  { imageId, checksum }: { imageId: string; checksum: string },
): Promise<void> {
  const isUnknown = and(eq(images.id, imageId), isNull(images.checksum));
  await database
    .run((executor) => executor.update(images).set({ checksum }).where(isUnknown))
    .catch((error) => log.warn({ error, imageId }, 'checksum not recorded'));
}
