import { apiKeys, type Database, type KeyScope } from '@thumbnail-api/db';
import { and, eq, sql } from 'drizzle-orm';
import { isUsable } from './is-usable.ts';
import { hashKey, isKey } from './key-text.ts';

/** The caller that a key identifies, and what it may do. */
export interface Caller {
  /** Id of the key; safe to log. */
  keyId: string;
  /** The owner whose images and jobs the caller sees and creates. */
  owner: string;
  /** `write` implies `read`; `admin` implies `write`, for the resources of all owners. */
  scope: KeyScope;
}

/**
 * Finds the caller of a key; null if the key is malformed, unknown, revoked or expired.
 *
 * Reads the database on every call, so a revoked key stops working with the next request. An unknown, a revoked and an
 * expired key run the same statement. Records the time of use, at most
 * once a minute.
 *
 * @throws AppError `unavailable`
 */
export async function findCaller({ database }: { database: Database }, key: string): Promise<Caller | null> {
  if (!isKey(key)) return null;
  const isThisKey = and(eq(apiKeys.hash, hashKey(key)), isUsable());
  const isStale = sql<boolean>`coalesce(${apiKeys.lastUsedAt} < now() - interval '1 minute', true)`;
  return await database.run(async (executor) => {
    const [found] = await executor
      .select({ keyId: apiKeys.id, owner: apiKeys.owner, scope: apiKeys.scope, isStale })
      .from(apiKeys)
      .where(isThisKey);
    if (!found) return null;
    if (found.isStale) await executor.update(apiKeys).set({ lastUsedAt: sql`now()` }).where(and(isThisKey, isStale));
    return { keyId: found.keyId, owner: found.owner, scope: found.scope };
  });
}
