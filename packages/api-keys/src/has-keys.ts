import { apiKeys, type Database } from '@thumbnail-api/db';
import { isNull } from 'drizzle-orm';

/**
 * Whether at least one key is not revoked.
 *
 * @throws AppError `unavailable`
 */
export async function hasKeys({ database }: { database: Database }): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor.select({ id: apiKeys.id }).from(apiKeys).where(isNull(apiKeys.revokedAt)).limit(1),
  );
  return rows.length > 0;
}
