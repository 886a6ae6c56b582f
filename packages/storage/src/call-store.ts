import { AppError } from '@thumbnail-api/errors';
import { storageUnavailable } from './storage-unavailable.ts';

/**
 * Runs one operation on the store and wraps the foreign errors that it throws.
 *
 * When `signal` is aborted, its reason is thrown instead of any other error. An aborted signal keeps `work` from
 * starting.
 *
 * @throws AppError `storage_unavailable` for a foreign error; an AppError that `work` throws; the reason of `signal`
 */
export async function callStore<T>(
  operation: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AppError ? error : storageUnavailable(operation, error);
  }
}
