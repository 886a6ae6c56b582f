import { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ApiEnv } from './api-env.ts';
import { type KnownProblem, knownProblems, shownCode } from './known-problems.ts';

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

const retryAfterSeconds = 5;

/** What a client is told of an error. Nothing of an unknown one reaches it. */
export function describeProblem(error: AppError, context: Context<ApiEnv>): Problem {
  const code = shownCode(error.code);
  const { status, title }: KnownProblem = knownProblems[code];
  return {
    type: context.var.links.href('problem', { code }),
    title,
    status,
    detail: status === 500 ? 'Something went wrong on our side.' : error.publicMessage,
    instance: context.req.path,
    code,
    requestId: context.var.requestId,
    ...(error.fields.length > 0 && { errors: error.fields }),
  };
}

/** The one place where an error becomes a status and a body. */
export function toProblem(error: unknown, context: Context<ApiEnv>): Response {
  const known = error instanceof AppError ? error : fromForeign(error);
  const problem = describeProblem(known, context);
  const { status }: KnownProblem = knownProblems[shownCode(known.code)];
  if (status >= 500) context.var.log.error({ error, code: known.code }, 'request failed');
  const mayPass = status === 503 || status === 429;
  const waitSeconds = known.retryAfterSeconds ?? (mayPass ? retryAfterSeconds : undefined);
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(waitSeconds !== undefined && { 'retry-after': String(waitSeconds) }),
  };
  return context.body(JSON.stringify(problem), status, headers);
}

/** Hono throws its own errors for malformed bodies, Bun one for a client that leaves; everything else is unknown. */
function fromForeign(error: unknown): AppError {
  if (error instanceof DOMException && error.name === 'AbortError') {
    return new AppError('invalid_parameter', 'The request ended early.', { cause: error });
  }
  const status = error instanceof HTTPException ? error.status : 500;
  if (status === 400) return new AppError('invalid_parameter', 'The request body cannot be read.', { cause: error });
  if (status === 413) return new AppError('payload_too_large', 'The request body is too large.', { cause: error });
  if (status === 415) return new AppError('unsupported_media_type', 'The content type is not taken.', { cause: error });
  return new AppError('internal_error', 'Something went wrong on our side.', { cause: error });
}
