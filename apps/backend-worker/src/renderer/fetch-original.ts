import { AppError } from '@thumbnail-api/errors';
import type { ObjectStore } from '@thumbnail-api/storage';

/**
 * Reads a whole original into memory.
 *
 * @throws AppError `original_missing` when there is none, `storage_unavailable` when it came short; both may pass
 */
export async function fetchOriginal(store: Pick<ObjectStore, 'find'>, key: string): Promise<Buffer> {
  const original = await store.find(key);
  if (!original)
    throw new AppError('original_missing', 'The original is not in the object store.', { retryable: true });
  const bytes = Buffer.allocUnsafe(original.bytes);
  let length = 0;
  for await (const chunk of original.body) {
    if (length + chunk.byteLength <= bytes.byteLength) bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  if (length === bytes.byteLength) return bytes;
  throw new AppError('storage_unavailable', 'The object store did not give the whole original.', {
    retryable: true,
    cause: new Error(`${length} bytes of ${bytes.byteLength}`),
  });
}
