import { AppError } from '@thumbnail-api/errors';

/** The public sentence of every `storage_unavailable`: no host, bucket or path is in it. */
export const unavailableMessage = 'The object store cannot be used at the moment.';

/** The one error this package makes of a foreign one; `operation` and the foreign error are in its `cause`, for the log. */
export const storageUnavailable = (operation: string, cause: unknown): AppError =>
  new AppError('storage_unavailable', unavailableMessage, {
    retryable: true,
    cause: new Error(`${operation} failed`, { cause }),
  });
