import { z } from '@hono/zod-openapi';
import { AppError, internalErrorMessage } from '@thumbnail-api/errors';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ApiEnv } from './api-env.ts';
import { type KnownProblem, knownProblems, shownCode } from './known-problems.ts';

/** An error body, RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'The URL of a page that explains the code.' }),
    title: z.string().meta({ description: 'A summary of the code, the same in every problem with this code.' }),
    status: z.int().meta({ description: 'The HTTP status of the response.' }),
    detail: z.string().meta({ description: 'What is wrong with this request, and what to do.' }),
    instance: z.string().meta({ description: 'The path of the request.' }),
    code: z.string().meta({ description: 'A stable identifier for programs.', example: 'not_found' }),
    requestId: z
      .string()
      .meta({ description: 'Identifies the request in the logs. Include it when you ask for help.' }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'The invalid fields, each with an RFC 6901 pointer.' }),
  })
  .meta({ id: 'Problem', description: 'Why a request failed.' });

export type Problem = z.output<typeof problemSchema>;

const defaultRetryAfterSeconds = 5;

/** The body that describes an error to a client. A 500 shows nothing of its cause. */
export function describeProblem(error: AppError, context: Context<ApiEnv>): Problem {
  const code = shownCode(error.code);
  const { status, title }: KnownProblem = knownProblems[code];
  return {
    type: context.var.links.href('problem', { code }),
    title,
    status,
    detail: status === 500 ? internalErrorMessage : error.publicMessage,
    instance: context.req.path,
    code,
    requestId: context.var.requestId,
    ...(error.fields.length > 0 && { errors: error.fields }),
  };
}

/** Turns an error into the response. Every error of the API passes here. */
export function toProblem(error: unknown, context: Context<ApiEnv>): Response {
  const known = error instanceof AppError ? error : fromForeign(error);
  const problem = describeProblem(known, context);
  const { status }: KnownProblem = knownProblems[shownCode(known.code)];
  if (status >= 500) context.var.log.error({ error, code: known.code }, 'request failed');
  const isTemporary = status === 503 || status === 429;
  const retryAfterSeconds = known.retryAfterSeconds ?? (isTemporary ? defaultRetryAfterSeconds : undefined);
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  return context.body(JSON.stringify(problem), status, headers);
}

/** Hono throws its own errors for malformed bodies, and Bun throws one when a client disconnects. */
function fromForeign(error: unknown): AppError {
  if (error instanceof DOMException && error.name === 'AbortError') {
    return new AppError('invalid_parameter', 'The request body is incomplete.', { cause: error });
  }
  const status = error instanceof HTTPException ? error.status : 500;
  if (status === 400) return new AppError('invalid_parameter', 'The request body is malformed.', { cause: error });
  if (status === 413) return new AppError('payload_too_large', 'The request body is too large.', { cause: error });
  if (status === 415) {
    return new AppError('unsupported_media_type', 'The content type is not supported.', { cause: error });
  }
  return new AppError('internal_error', internalErrorMessage, { cause: error });
}
