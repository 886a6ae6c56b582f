import type { ErrorCode, RequestErrorCode } from '@thumbnail-api/errors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** The codes that a client may see. */
export type ShownCode = RequestErrorCode | 'internal_error';

/** What is known of a code: its status, what kind of problem it is, and what to do. */
export interface KnownProblem {
  status: ContentfulStatusCode;
  title: string;
  advice: string;
}

/** Every problem of the API; a new code does not compile until it stands here. `docs/problems.md` says the same. */
export const knownProblems = {
  file_missing: {
    status: 400,
    title: 'No file was sent',
    advice: 'Send the picture in a part named `file` or `image`.',
  },
  file_empty: { status: 400, title: 'The file is empty', advice: 'The file has no bytes.' },
  too_many_files: {
    status: 400,
    title: 'More than one file was sent',
    advice: 'Send one file in a job, and no more than `MAX_BATCH_FILES` in a batch.',
  },
  malformed_multipart: {
    status: 400,
    title: 'The form cannot be read',
    advice: 'The form is cut off, has no boundary, or too many or too long fields.',
  },
  invalid_cursor: { status: 400, title: 'The cursor is not valid', advice: 'Take cursors from `Link` as they are.' },
  unauthorized: {
    status: 401,
    title: 'A key is needed',
    advice: 'Send a key that is valid: `Authorization: Bearer <key>`.',
  },
  forbidden: {
    status: 403,
    title: 'This is not allowed',
    advice: 'Use a key with the scope that this needs; for a shared link that has run out, get a new one.',
  },
  quota_exceeded: {
    status: 403,
    title: 'The quota is used up',
    advice: 'Delete what is not needed any more, or ask for more room.',
  },
  not_found: { status: 404, title: 'Not found', advice: 'There is no such thing, or it was deleted.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    advice: '`Allow` says which methods the address takes.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long',
    advice: 'The upload took longer than `UPLOAD_DEADLINE_SECONDS`, or stalled while others waited.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The first request is still running',
    advice: 'The first request with this key is still running: try again after `Retry-After`.',
  },
  not_ready: {
    status: 409,
    title: 'The job has not ended yet',
    advice: 'The job has not ended yet: look again after `Retry-After`.',
  },
  not_retryable: {
    status: 409,
    title: 'The job cannot be retried',
    advice: 'Only a job that ended in `error` with `retryable: true` can run again.',
  },
  payload_too_large: {
    status: 413,
    title: 'The upload is too large',
    advice: 'The file is larger than `MAX_UPLOAD_BYTES`, or a batch larger than `MAX_BATCH_BYTES`.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    advice: 'The bytes are none of the types that are taken, whatever was declared.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'The file has no such part',
    advice: 'The file is shorter; `Content-Range` says how long it is.',
  },
  invalid_parameter: { status: 422, title: 'A parameter is not valid', advice: '`errors` names every field at fault.' },
  image_too_large: {
    status: 422,
    title: 'The image is too large',
    advice: 'The picture, or what was asked for, has too many pixels.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'The key was used for something else',
    advice: 'The key was used for another file or other options: take a new one.',
  },
  rate_limited: { status: 429, title: 'Too many requests', advice: 'Try again after `Retry-After`.' },
  unavailable: {
    status: 503,
    title: 'A part of the service is away',
    advice:
      'The database or the store is away, or too many uploads wait. Nothing was kept, unless a connection broke just as it was: an `Idempotency-Key` makes sending again safe. Try again after `Retry-After`.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    advice: 'A fault of ours: the logs say more under the `requestId`.',
  },
} as const satisfies Record<ShownCode, KnownProblem>;

/** How a request shows a code: those of jobs that reach one are shown as what they mean there. */
export const shownCode = (code: ErrorCode): ShownCode =>
  code in knownProblems ? (code as ShownCode) : hidden[code as Hidden];

type Hidden = Exclude<ErrorCode, ShownCode>;

const hidden: Record<Hidden, ShownCode> = {
  storage_unavailable: 'unavailable',
  original_missing: 'internal_error',
  image_corrupt: 'internal_error',
  render_too_large: 'internal_error',
  render_timeout: 'internal_error',
  render_crashed: 'internal_error',
};
