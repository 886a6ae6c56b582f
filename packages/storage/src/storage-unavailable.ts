import { AppError } from '@thumbnail-api/errors';
import type { Deadline } from '@thumbnail-api/resilience';

/** The public message of every `storage_unavailable`. It contains no host, bucket or path. */
const message = 'The object store is unavailable. Try again later.';

/**
 * Wraps a foreign error as `storage_unavailable`, retryable. The name of the operation is in its `cause`, for the log.
 */
export const storageUnavailable = (operation: string, cause: unknown): AppError =>
  new AppError('storage_unavailable', message, {
    retryable: true,
    cause: new Error(`${operation} failed`, { cause }),
  });

/** A deadline that throws `storage_unavailable` after `deadlineMs`. */
export const storageDeadline = (deadlineMs: number): Deadline => ({ deadlineMs, code: 'storage_unavailable', message });
