import { apiKeys, type Database } from '@thumbnail-api/db';
import { isUsable } from './is-usable.ts';

/**
 * Whether at least one key is neither revoked nor expired.
 *
 * @throws AppError `unavailable`
 */
export async function hasKeys({ database }: { database: Database }): Promise<boolean> {
  const rows = await database.run((executor) =>
    executor.select({ id: apiKeys.id }).from(apiKeys).where(isUsable()).limit(1),
  );
  return rows.length > 0;
}
