import { AppError } from '@thumbnail-api/errors';
import { storageUnavailable } from './storage-unavailable.ts';

/**
 * Runs one call on the store: what `work` throws leaves as `storage_unavailable`.
 *
 * A signal that is aborted wins over everything: its reason is thrown, and work that has not begun does not begin.
 *
 * @throws AppError `storage_unavailable`, or the one that `work` threw itself; the reason of `signal`
 */
export async function guardCall<T>(
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
