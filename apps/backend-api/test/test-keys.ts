import { createKey, type NewKey, revokeKey } from '@thumbnail-api/api-keys';
import { Secret } from '@thumbnail-api/config';
import { apiKeys } from '@thumbnail-api/db';
import type { JobsDeps } from '@thumbnail-api/jobs';
import { eq, sql } from 'drizzle-orm';

/** An access configuration that requires keys and signs links. */
export const keyed = {
  auth: 'api-key' as const,
  linkSecrets: [new Secret('a secret of thirty-two characters or more')],
};

/** The headers that send a key. */
export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Creates a write key, a read key, a revoked and an expired key of one owner, a write key of another, and an admin key. */
export async function makeKeys(deps: Pick<JobsDeps, 'database'>) {
  const { key: write } = await createKey(deps, { name: 'write', scope: 'write' });
  const { key: read } = await createKey(deps, { name: 'read', scope: 'read', sharedWith: 'write' });
  const { key: revoked } = await createKey(deps, { name: 'revoked', scope: 'write', sharedWith: 'write' });
  const { key: other } = await createKey(deps, { name: 'other', scope: 'write' });
  await revokeKey(deps, 'revoked');
  const expired = await createExpiredKey(deps, { name: 'expired', scope: 'write', sharedWith: 'write' });
  const { key: admin } = await createKey(deps, { name: 'admin', scope: 'admin' });
  return { write, read, revoked, expired, other, admin };
}

/** Creates a key that expired a moment ago. */
export async function createExpiredKey({ database }: Pick<JobsDeps, 'database'>, newKey: NewKey): Promise<string> {
  const { id, key } = await createKey({ database }, newKey);
  const expiresAt = sql`now() - interval '1 millisecond'`;
  await database.run((executor) => executor.update(apiKeys).set({ expiresAt }).where(eq(apiKeys.id, id)));
  return key;
}
