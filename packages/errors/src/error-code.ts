/** The codes of problem responses. `docs/problems.md` documents each of them. */
export const requestErrorCodes = [
  'file_missing',
  'file_empty',
  'too_many_files',
  'malformed_multipart',
  'invalid_cursor',
  'unauthorized',
  'forbidden',
  'quota_exceeded',
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'idempotency_in_flight',
  'not_ready',
  'not_retryable',
  'payload_too_large',
  'unsupported_media_type',
  'range_not_satisfiable',
  'invalid_parameter',
  'image_too_large',
  'idempotency_mismatch',
  'rate_limited',
  'unavailable',
  'storage_damaged',
] as const;
export type RequestErrorCode = (typeof requestErrorCodes)[number];

/**
 * The codes of failed jobs. `unsupported_media_type`, `image_too_large` and `storage_damaged` are also codes of problem
 * responses.
 */
export const jobErrorCodes = [
  'image_corrupt',
  'image_too_large',
  'unsupported_media_type',
  'render_too_large',
  'render_timeout',
  'render_crashed',
  'storage_unavailable',
  'original_missing',
  'storage_damaged',
  'internal_error',
] as const;
export type JobErrorCode = (typeof jobErrorCodes)[number];

/** Reports whether `code` is the code of a failed job. */
export const isJobErrorCode = (code: string): code is JobErrorCode =>
  (jobErrorCodes as readonly string[]).includes(code);

/** What a client sees of an `internal_error`, in a problem or in a job; the cause is in the log. */
export const internalErrorMessage = 'An internal error occurred. Try again later.';

/** Every error code of the service. Tables that map codes do not compile until they contain a new one. */
export type ErrorCode = RequestErrorCode | JobErrorCode;
