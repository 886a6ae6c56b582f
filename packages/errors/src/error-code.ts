/** Codes that a request may be answered with; each is documented in `docs/problems.md`. */
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
] as const;
export type RequestErrorCode = (typeof requestErrorCodes)[number];

/** Codes that a job may end with; `unsupported_media_type` and `image_too_large` are shared with requests. */
export const jobErrorCodes = [
  'image_corrupt',
  'image_too_large',
  'unsupported_media_type',
  'render_too_large',
  'render_timeout',
  'render_crashed',
  'storage_unavailable',
  'original_missing',
  'internal_error',
] as const;
export type JobErrorCode = (typeof jobErrorCodes)[number];

/** Says whether a code is one that a job may end with. */
export const isJobErrorCode = (code: string): code is JobErrorCode =>
  (jobErrorCodes as readonly string[]).includes(code);

/** Every code of the service; a new one does not compile until each table that maps codes names it. */
export type ErrorCode = RequestErrorCode | JobErrorCode;
