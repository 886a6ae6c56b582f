import { createKey, revokeKey } from '@thumbnail-api/api-keys';
import { Secret } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';

/** An access configuration that requires keys and signs links. */
export const keyed = {
  auth: 'api-key' as const,
  linkSecrets: [new Secret('a secret of thirty-two characters or more')],
};

/** The headers that send a key. */
export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Creates a write key, a read key and a revoked key of one owner, and a write key of another owner. */
export async function makeKeys(deps: Pick<JobsDeps, 'database'>) {
  const { key: write } = await createKey(deps, { name: 'write', scope: 'write' });
  const { key: read } = await createKey(deps, { name: 'read', scope: 'read', sharedWith: 'write' });
  const { key: revoked } = await createKey(deps, { name: 'revoked', scope: 'write', sharedWith: 'write' });
  const { key: other } = await createKey(deps, { name: 'other', scope: 'write' });
  await revokeKey(deps, 'revoked');
  return { write, read, revoked, other };
}
