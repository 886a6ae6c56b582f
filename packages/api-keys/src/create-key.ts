import { apiKeys, type Database, everybody, type KeyScope } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { getKey } from './get-key.ts';
import { hashKey, makeKey } from './key-text.ts';

/** The key to create. */
export interface NewKey {
  /** 1 to 64 letters, digits, `.`, `_` and `-`; unique among the keys that are not revoked. */
  name: string;
  scope: KeyScope;
  /** From then on the key is rejected. Without it, the key does not expire. */
  expiresAt?: Date | undefined;
  /**
   * Another key, by id or name, or `everybody`: the new key sees and owns the same images and jobs. Without it, the new key
   * sees only its own.
   */
  sharedWith?: string | undefined;
}

/** A created key, with its secret. */
export interface CreatedKey {
  id: string;
  /** The secret. It is not stored and cannot be shown again. */
  key: string;
}

/**
 * Creates a key and stores its hash.
 *
 * @throws AppError `invalid_parameter` for a name that is invalid or in use or an expiry in the past, `not_found` if the key to share with does not
 *   exist, `unavailable`
 */
export async function createKey(deps: { database: Database }, newKey: NewKey): Promise<CreatedKey> {
  const { name, scope, expiresAt, sharedWith } = newKey;
  if (!/^[\w.-]{1,64}$/.test(name) || name === everybody) {
    throw new AppError(
      'invalid_parameter',
      'The name of a key must be 1 to 64 letters, digits, ".", "_" or "-", and must not be "everybody".',
    );
  }
  if (expiresAt && expiresAt.getTime() <= Date.now()) {
    throw new AppError('invalid_parameter', 'The expiry of a key must be in the future.');
  }
  const id = Bun.randomUUIDv7();
  const key = makeKey();
  const owner = sharedWith === undefined ? id : await findOwner(deps, sharedWith);
  const rows = await deps.database.run((executor) =>
    executor
      .insert(apiKeys)
      .values({ id, name, scope, owner, expiresAt, hash: hashKey(key) })
      .onConflictDoNothing()
      .returning({ id: apiKeys.id }),
  );
  if (rows.length === 0) {
    throw new AppError(
      'invalid_parameter',
      `A key named ${name} already exists. Choose another name, or revoke that key first.`,
    );
  }
  return { id, key };
}

async function findOwner(deps: { database: Database }, sharedWith: string): Promise<string> {
  return sharedWith === everybody ? everybody : (await getKey(deps, sharedWith)).owner;
}
