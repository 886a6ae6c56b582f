import type { ErrorCode, RequestErrorCode } from '@thumbnail-api/errors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** The codes that a problem can have. */
export type ShownCode = RequestErrorCode | 'internal_error';

/** The status of a code, what is wrong (title), and what to do (advice). */
export interface KnownProblem {
  status: ContentfulStatusCode;
  title: string;
  advice: string;
}

/** Every problem of the API. A new code does not compile until it is listed here; `docs/problems.md` repeats the table. */
export const knownProblems = {
  file_missing: {
    status: 400,
    title: 'No file was sent',
    advice: 'Send the image in a form part named `file` or `image`.',
  },
  file_empty: { status: 400, title: 'The file is empty', advice: 'Send a file that has content.' },
  too_many_files: {
    status: 400,
    title: 'Too many files were sent',
    advice: 'Send one file per job, or at most `MAX_BATCH_FILES` files per batch.',
  },
  malformed_multipart: {
    status: 400,
    title: 'The form is malformed',
    advice:
      'Send a complete form with a boundary. A form with too many fields, or with a field that is too long, is rejected.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not valid',
    advice: 'Use the cursors from the `Link` header unchanged.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid key is required',
    advice: 'Send a valid key: `Authorization: Bearer <key>`.',
  },
  forbidden: {
    status: 403,
    title: 'Access is not allowed',
    advice:
      'Use a key with the required scope. If a shared link has expired, get a new one. Without keys (`AUTH=none`), use a host name of the API, and send changes from pages of `CORS_ORIGINS` only.',
  },
  quota_exceeded: {
    status: 403,
    title: 'The quota is used up',
    advice: 'Delete images that you no longer need, or ask the operator for a larger quota.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    advice: 'Check the address. The resource does not exist, or it was deleted.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    advice: 'Use one of the methods in the `Allow` header.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long',
    advice:
      'Send the upload again. It took longer than `UPLOAD_DEADLINE_SECONDS`, or it stalled while other uploads were waiting.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The first request is still running',
    advice: 'Another request with this `Idempotency-Key` is still running. Try again after `Retry-After` seconds.',
  },
  not_ready: {
    status: 409,
    title: 'The job or batch has not ended',
    advice: 'Try again after `Retry-After` seconds.',
  },
  not_retryable: {
    status: 409,
    title: 'The job cannot be retried',
    advice: 'Retry only a job that ended in `error` with `retryable: true`.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request body is too large',
    advice: 'Send a file of at most `MAX_UPLOAD_BYTES`, or a batch of at most `MAX_BATCH_BYTES`.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    advice:
      'Send one of the types that `detail` lists; an operator can switch types off. The type of an image is read from its bytes; its name and declared type are ignored.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'The range is outside the file',
    advice: 'Request a range within the file. `Content-Range` gives the length of the file.',
  },
  invalid_parameter: {
    status: 422,
    title: 'A parameter is not valid',
    advice: 'Correct the fields listed in `errors`.',
  },
  image_too_large: {
    status: 422,
    title: 'The image is too large',
    advice: 'Send an image with fewer pixels, or ask for fewer or smaller thumbnails.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'The idempotency key was used for another request',
    advice: 'This `Idempotency-Key` was sent with another file, other options or to another address. Use a new key.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    advice:
      'Try again after `Retry-After` seconds. The limit may be on requests, uploaded bytes, render time, unfinished jobs or open event streams.',
  },
  unavailable: {
    status: 503,
    title: 'Service unavailable',
    advice:
      'Try again after `Retry-After` seconds. The database or the object store is unavailable, or too many uploads are waiting. Usually nothing was stored. If a connection broke during the commit, the job may exist: an `Idempotency-Key` makes retries safe.',
  },
  storage_damaged: {
    status: 503,
    title: 'A stored file is damaged',
    advice:
      'Nothing is wrong with the request. The stored bytes are not those that were sent or made, so they are not served. Ask the operator to restore the file from a backup. A thumbnail can also be made again: add a job to its image.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    advice:
      'Try again later. If the error persists, report the `requestId`: it identifies the log lines of the request.',
  },
} as const satisfies Record<ShownCode, KnownProblem>;

/** The code that a problem shows for an error. Codes that only jobs have are mapped to a code of requests. */
export const shownCode = (code: ErrorCode): ShownCode =>
  code in knownProblems ? (code as ShownCode) : shownAs[code as JobOnlyCode];

type JobOnlyCode = Exclude<ErrorCode, ShownCode>;

const shownAs: Record<JobOnlyCode, ShownCode> = {
  storage_unavailable: 'unavailable',
  original_missing: 'internal_error',
  image_corrupt: 'internal_error',
  render_too_large: 'internal_error',
  render_timeout: 'internal_error',
  render_crashed: 'internal_error',
};
