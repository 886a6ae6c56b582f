import { apiKeys, type Database, type KeyScope } from '@thumbnail-api/db';
import { asc } from 'drizzle-orm';

/** What may be told of a key. */
export interface KeyInfo {
  id: string;
  name: string;
  scope: KeyScope;
  /** Whose things it sees and makes: those of the key with this id, or of `everybody`. */
  owner: string;
  createdAt: Date;
  /** To the minute. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** Every key there ever was, oldest first. Throws `unavailable`. */
export function listKeys({ database }: { database: Database }): Promise<KeyInfo[]> {
  const shown = {
    id: apiKeys.id,
    name: apiKeys.name,
    scope: apiKeys.scope,
    owner: apiKeys.owner,
    createdAt: apiKeys.createdAt,
    lastUsedAt: apiKeys.lastUsedAt,
    revokedAt: apiKeys.revokedAt,
  };
  return database.run((executor) =>
    executor.select(shown).from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.id)),
  );
}
