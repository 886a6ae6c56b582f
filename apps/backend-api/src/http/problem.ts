import { z } from '@hono/zod-openapi';
import { AppError, type ErrorCode, type RequestErrorCode } from '@thumbnail-api/errors';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ApiEnv } from './api-env.ts';

/** An error body, RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Where the code is explained.' }),
    title: z.string().meta({ description: 'What kind of problem it is.' }),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened this time.' }),
    instance: z.string().meta({ description: 'The path that was asked.' }),
    code: z.string().meta({ description: 'Stable, for programs.', example: 'not_found' }),
    requestId: z.string().meta({ description: 'What to name when asking for help.' }),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'Why a request was not answered as asked.' });

export type Problem = z.output<typeof problemSchema>;

type ShownCode = RequestErrorCode | 'internal_error';

const unavailable = { code: 'unavailable', status: 503, title: 'A part of the service is away' } as const;
const internal = { code: 'internal_error', status: 500, title: 'Internal error' } as const;
const shown = <C extends ShownCode, S extends ContentfulStatusCode>(code: C, status: S, title: string) => ({
  code,
  status,
  title,
});

/** The one table that turns a code into a status; codes of jobs that reach a request are shown as what they mean there. */
const table = {
  file_missing: shown('file_missing', 400, 'No file was sent'),
  file_empty: shown('file_empty', 400, 'The file is empty'),
  too_many_files: shown('too_many_files', 400, 'More than one file was sent'),
  malformed_multipart: shown('malformed_multipart', 400, 'The form cannot be read'),
  invalid_cursor: shown('invalid_cursor', 400, 'The cursor is not valid'),
  unauthorized: shown('unauthorized', 401, 'A key is needed'),
  forbidden: shown('forbidden', 403, 'The key does not allow this'),
  quota_exceeded: shown('quota_exceeded', 403, 'The quota is used up'),
  not_found: shown('not_found', 404, 'Not found'),
  method_not_allowed: shown('method_not_allowed', 405, 'Method not allowed'),
  request_timeout: shown('request_timeout', 408, 'The request took too long'),
  idempotency_in_flight: shown('idempotency_in_flight', 409, 'The first request is still running'),
  not_ready: shown('not_ready', 409, 'The job has not ended yet'),
  not_retryable: shown('not_retryable', 409, 'The job cannot be retried'),
  payload_too_large: shown('payload_too_large', 413, 'The upload is too large'),
  unsupported_media_type: shown('unsupported_media_type', 415, 'Unsupported media type'),
  invalid_parameter: shown('invalid_parameter', 422, 'A parameter is not valid'),
  image_too_large: shown('image_too_large', 422, 'The image is too large'),
  idempotency_mismatch: shown('idempotency_mismatch', 422, 'The key was used for something else'),
  rate_limited: shown('rate_limited', 429, 'Too many requests'),
  unavailable,
  storage_unavailable: unavailable,
  original_missing: internal,
  image_corrupt: internal,
  render_too_large: internal,
  render_timeout: internal,
  render_crashed: internal,
  internal_error: internal,
} satisfies Record<ErrorCode, { code: ShownCode; status: ContentfulStatusCode; title: string }>;

const retryAfterSeconds = 5;

/** The one place where an error becomes a status and a body. Nothing of an unknown error reaches the client. */
export function toProblem(error: unknown, context: Context<ApiEnv>): Response {
  const known = error instanceof AppError ? error : fromHono(error);
  const { code, status, title } = table[known.code];
  const problem: Problem = {
    type: `${context.var.links.href('openapi')}#${code}`,
    title,
    status,
    detail: status === 500 ? 'Something went wrong on our side.' : known.publicMessage,
    instance: context.req.path,
    code,
    requestId: context.var.requestId,
    ...(known.fields.length > 0 && { errors: known.fields }),
  };
  if (status >= 500) context.var.log.error({ error, code: known.code }, 'request failed');
  const mayPass = status === 503 || status === 429;
  const waitSeconds = known.retryAfterSeconds ?? (mayPass ? retryAfterSeconds : undefined);
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(waitSeconds !== undefined && { 'retry-after': String(waitSeconds) }),
  };
  return context.body(JSON.stringify(problem), status, headers);
}

/** Hono throws its own errors for malformed bodies; everything else is unknown. */
function fromHono(error: unknown): AppError {
  const status = error instanceof HTTPException ? error.status : 500;
  if (status === 400) return new AppError('invalid_parameter', 'The request body cannot be read.', { cause: error });
  if (status === 413) return new AppError('payload_too_large', 'The request body is too large.', { cause: error });
  if (status === 415) return new AppError('unsupported_media_type', 'The content type is not taken.', { cause: error });
  return new AppError('internal_error', 'Something went wrong on our side.', { cause: error });
}
