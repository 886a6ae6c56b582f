import { apiKeys, type Database } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { desc, eq, or, sql } from 'drizzle-orm';

/**
 * Gets the key with this id or name. If several have had the name, it gets the one that is not revoked, else the newest.
 *
 * @throws AppError `not_found`, `unavailable`
 */
export async function getKey({ database }: { database: Database }, idOrName: string) {
  const [found] = await database.run((executor) =>
    executor
      .select({ id: apiKeys.id, name: apiKeys.name, owner: apiKeys.owner })
      .from(apiKeys)
      .where(or(sql`${apiKeys.id}::text = ${idOrName}`, eq(apiKeys.name, idOrName)))
      .orderBy(sql`${apiKeys.revokedAt} is not null`, desc(apiKeys.createdAt), desc(apiKeys.id))
      .limit(1),
  );
  if (!found) throw new AppError('not_found', `There is no key ${idOrName}.`);
  return found;
}
