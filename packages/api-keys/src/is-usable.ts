import { apiKeys } from '@thumbnail-api/db';
import { and, isNull, sql } from 'drizzle-orm';

/** The condition that a key is neither revoked nor expired, on the database's clock. */
export const isUsable = () => and(isNull(apiKeys.revokedAt), sql`coalesce(${apiKeys.expiresAt} > now(), true)`);
