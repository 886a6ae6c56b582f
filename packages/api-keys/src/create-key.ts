import { apiKeys, type Database, everybody, type KeyScope } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { getKey } from './get-key.ts';
import { hashKey, makeKey } from './key-text.ts';

/** A key as it is asked for. */
export interface NewKey {
  /** For people: 1 to 64 letters, digits, `.`, `_` and `-`; no other key that is alive has it. */
  name: string;
  scope: KeyScope;
  /** Another key, by id or name, whose things this one shall see and own as well; or `everybody`. Left out: nobody else's. */
  sharedWith?: string | undefined;
}

/** A key as it is handed out, this once. */
export interface CreatedKey {
  id: string;
  key: string;
}

/**
 * Makes a key and keeps its hash: the key itself can never be shown again.
 *
 * @throws AppError `invalid_parameter` for a name that cannot be or is taken, `not_found` for a key to share with that
 *   does not exist, `unavailable`
 */
export async function createKey(deps: { database: Database }, wanted: NewKey): Promise<CreatedKey> {
  const { name, scope, sharedWith } = wanted;
  if (!/^[\w.-]{1,64}$/.test(name) || name === everybody) {
    throw new AppError(
      'invalid_parameter',
      'A name has 1 to 64 letters, digits, ".", "_" and "-", and is not "everybody".',
    );
  }
  const id = Bun.randomUUIDv7();
  const key = makeKey();
  const owner = await findOwner(deps, sharedWith ?? null);
  const kept = await deps.database.run((executor) =>
    executor
      .insert(apiKeys)
      .values({ id, name, scope, owner: owner ?? id, hash: hashKey(key) })
      .onConflictDoNothing()
      .returning({ id: apiKeys.id }),
  );
  if (kept.length === 0) throw new AppError('invalid_parameter', `There is a key named ${name} already.`);
  return { id, key };
}

async function findOwner(deps: { database: Database }, sharedWith: string | null): Promise<string | null> {
  if (sharedWith === null || sharedWith === everybody) return sharedWith;
  return (await getKey(deps, sharedWith)).owner;
}
