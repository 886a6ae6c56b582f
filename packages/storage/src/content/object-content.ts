import { AppError } from '@thumbnail-api/errors';

/** What the content of an object must be, recorded when it was stored. */
export interface ObjectContent {
  bytes: number;
  /** In hexadecimal. */
  sha256: string;
  /** CRC-32 as 8 hexadecimal digits; null if none was recorded. The slower SHA-256 is then compared. */
  checksum: string | null;
}

/** How long clients should wait for a person to restore an object. */
const retryAfterSeconds = 600;

/**
 * The error for an object whose content is not what was stored. It is not retryable: only a person can repair the object.
 *
 * @param cause for the log only
 */
export const storageDamaged = (cause: string): AppError =>
  new AppError('storage_damaged', 'The stored file is damaged. The operator must restore it from a backup.', {
    retryAfterSeconds,
    cause: new Error(cause),
  });
