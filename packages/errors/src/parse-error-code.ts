import { type ErrorCode, isJobErrorCode, type JobErrorCode, requestErrorCodes } from './error-code.ts';

/** Parses a job's error code that was read from the database; one that this version does not know is `internal_error`. */
export const parseJobErrorCode = (stored: string): JobErrorCode => (isJobErrorCode(stored) ? stored : 'internal_error');

/** Parses any error code that was read from the database, as {@link parseJobErrorCode} does. */
export const parseErrorCode = (stored: string): ErrorCode =>
  requestErrorCodes.find((code) => code === stored) ?? parseJobErrorCode(stored);
