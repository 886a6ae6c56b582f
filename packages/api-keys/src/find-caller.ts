import { apiKeys, type Database, type KeyScope } from '@thumbnail-api/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { hashKey, isKey } from './key-text.ts';

/** Who sends a key, and what it may do. */
export interface Caller {
  /** Of the key; safe to log. */
  keyId: string;
  /** Whose things it sees and makes. */
  owner: string;
  /** `write` implies `read`. */
  scope: KeyScope;
}

/**
 * Finds who a key stands for; null for a text that is no key, is not known or was revoked. Nothing is remembered between
 * two calls, so that a revoked key is refused from the next one on. Notes, once a minute, that the key is in use.
 *
 * @throws AppError `unavailable`
 */
export async function findCaller(deps: { database: Database }, key: string): Promise<Caller | null> {
  return isKey(key) ? await askFor(deps, hashKey(key)) : null;
}

function askFor({ database }: { database: Database }, hash: string): Promise<Caller | null> {
  const isMeant = and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt));
  const isStale = sql<boolean>`coalesce(${apiKeys.lastUsedAt} < now() - interval '1 minute', true)`;
  return database.run(async (executor) => {
    const [found] = await executor
      .select({ keyId: apiKeys.id, owner: apiKeys.owner, scope: apiKeys.scope, isStale })
      .from(apiKeys)
      .where(isMeant);
    if (!found) return null;
    if (found.isStale) await executor.update(apiKeys).set({ lastUsedAt: sql`now()` }).where(and(isMeant, isStale));
    return { keyId: found.keyId, owner: found.owner, scope: found.scope };
  });
}
