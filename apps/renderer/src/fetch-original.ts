import { AppError } from '@thumbnail-api/errors';
import type { ObjectStore } from '@thumbnail-api/storage';

/**
 * Reads a whole original into memory: the door has let none in that is larger than a renderer can bear.
 *
 * @throws AppError `original_missing` when there is none, `storage_unavailable` when it came short; both may pass
 */
export async function fetchOriginal(
  store: Pick<ObjectStore, 'read'>,
  key: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const original = await store.read(key, { signal });
  if (original) return original;
  throw new AppError('original_missing', 'The original is not in the object store.', { retryable: true });
}
