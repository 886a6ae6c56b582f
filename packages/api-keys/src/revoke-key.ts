import { apiKeys, type Database } from '@thumbnail-api/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { getKey } from './get-key.ts';

/**
 * Lets a key in no more, from the next request on; what was made with it stays. By id or name; a key that was revoked
 * before stays so.
 *
 * @returns its name and id
 * @throws AppError `not_found`, `unavailable`
 */
export async function revokeKey(deps: { database: Database }, idOrName: string): Promise<{ id: string; name: string }> {
  const { id, name } = await getKey(deps, idOrName);
  await deps.database.run((executor) =>
    executor
      .update(apiKeys)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt))),
  );
  return { id, name };
}
