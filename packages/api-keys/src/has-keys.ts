import { apiKeys, type Database } from '@thumbnail-api/db';
import { isNull } from 'drizzle-orm';

/** Says whether there is a key that lets anybody in. Throws `unavailable`. */
export async function hasKeys({ database }: { database: Database }): Promise<boolean> {
  const [one] = await database.run((executor) =>
    executor.select({ id: apiKeys.id }).from(apiKeys).where(isNull(apiKeys.revokedAt)).limit(1),
  );
  return one !== undefined;
}
