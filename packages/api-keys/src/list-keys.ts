import { apiKeys, type Database, type KeyScope } from '@thumbnail-api/db';
import { asc } from 'drizzle-orm';

/** A key without its secret. */
export interface KeyInfo {
  id: string;
  name: string;
  scope: KeyScope;
  /** The owner whose images and jobs the key sees and creates: its own id, the owner of another key, or `everybody`. */
  owner: string;
  createdAt: Date;
  /** To the minute. */
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/**
 * Lists all keys, revoked and expired ones included, oldest first.
 *
 * @throws AppError `unavailable`
 */
export function listKeys({ database }: { database: Database }): Promise<KeyInfo[]> {
  const columns = {
    id: apiKeys.id,
    name: apiKeys.name,
    scope: apiKeys.scope,
    owner: apiKeys.owner,
    createdAt: apiKeys.createdAt,
    lastUsedAt: apiKeys.lastUsedAt,
    expiresAt: apiKeys.expiresAt,
    revokedAt: apiKeys.revokedAt,
  };
  return database.run((executor) =>
    executor.select(columns).from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.id)),
  );
}
