import { apiKeys, type Database } from '@thumbnail-api/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { getKey } from './get-key.ts';

/**
 * Revokes a key, by id or name: from the next request on it is rejected. Images and jobs made with it stay. Idempotent.
 *
 * @returns its id and name
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
