import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { noKey } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { type KnownProblem, knownProblems } from '../http/known-problems.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { Pages } from './pages.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.problem,
    operationId: 'explainProblem',
    ...noKey,
    tags: ['Documentation'],
    summary: 'Explain a problem',
    description: 'The `type` of a problem links to this page. It says what the problem means and what to do.',
    request: {
      params: z.object({
        code: z.string().max(64, { error: 'must be at most 64 characters' }).meta({ example: 'not_found' }),
      }),
    },
    responses: {
      200: { description: 'An HTML page.', content: { 'text/html': { schema: z.string() } } },
      ...problems('not_found', 'invalid_parameter'),
    },
  });

/** `GET /problems/{code}`. */
export function registerExplainProblem(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const known = new Map<string, KnownProblem>(Object.entries(knownProblems));
  const pages = new Pages('text/html; charset=UTF-8');
  app.openapi(routeOf(deps.paths), (context) => {
    const { code } = context.req.valid('param');
    const problem = known.get(code);
    if (!problem) throw new AppError('not_found', 'There is no problem with this code. Check the address.');
    return pages.send(context, code, () => pageOf(code, problem));
  });
}

/** Needs no escaping: all text comes from the table of known problems. */
const pageOf = (code: string, { status, title, advice }: KnownProblem) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"></head>
<body><h1>${title}</h1><p><code>${status} ${code}</code></p><p>${advice.replace(/`([^`]+)`/g, '<code>$1</code>')}</p></body>
</html>`;
