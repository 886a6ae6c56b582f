import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { jobStatuses } from '@thumbnail-api/db';
import { listJobs } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { jobSchema } from './job-schema.ts';
import { presentJob } from './present-job.ts';

const time = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset' })
    .optional()
    .meta({ description, example: '2026-11-20T12:00:00Z' });

const oneTo100 = 'must be a whole number from 1 to 100';
const limit = z
  .string()
  .regex(/^\d{1,3}$/, { error: oneTo100 })
  .transform(Number)
  .pipe(z.number().min(1, { error: oneTo100 }).max(100, { error: oneTo100 }))
  .openapi({ type: 'integer', minimum: 1, maximum: 100 });

const query = z.object({
  status: z.enum(jobStatuses, { error: `must be one of ${jobStatuses.join(', ')}` }).optional(),
  createdAfter: time('Created at or after.'),
  createdBefore: time('Created before.'),
  limit: limit.default(20),
  cursor: z
    .string()
    .max(200, { error: 'must be at most 200 characters' })
    .optional()
    .meta({ description: 'From the `Link` of another page.' }),
});

/** Within the years that Postgres takes as they are written here: no job lies outside of them. */
const toMoment = (text: string) => new Date(Math.min(Math.max(Date.parse(text), Date.UTC(1970, 0)), Date.UTC(9999, 0)));

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobs,
    operationId: 'listJobs',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'List jobs, newest first',
    request: { query },
    responses: {
      200: {
        description: 'One page.',
        headers: { Link: { description: 'RFC 8288: `next` and `prev`.', schema: { type: 'string' } } },
        content: { 'application/json': { schema: z.array(jobSchema) } },
      },
      ...problems('unauthorized', 'invalid_cursor', 'invalid_parameter'),
    },
  });

/** `GET /jobs`. */
export function registerListJobs(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { createdAfter, createdBefore, ...rest } = context.req.valid('query');
    const { links, owner } = context.var;
    const page = await listJobs(deps, {
      ...rest,
      owner,
      createdAfter: createdAfter ? toMoment(createdAfter) : undefined,
      createdBefore: createdBefore ? toMoment(createdBefore) : undefined,
    });
    const neighbours = { next: page.next, prev: page.prev };
    const link = Object.entries(neighbours)
      .filter(([, cursor]) => cursor !== null)
      .map(([rel, cursor]) => `<${links.href('jobs')}?${withCursor(context.req.url, cursor ?? '')}>; rel="${rel}"`);
    if (link.length > 0) context.header('link', link.join(', '));
    context.header('cache-control', 'no-store');
    return context.json(
      page.jobs.map((job) => presentJob(job, links)),
      200,
    );
  });
}

/** The same question, from another place on. */
function withCursor(url: string, cursor: string): URLSearchParams {
  const parameters = new URL(url).searchParams;
  parameters.set('cursor', cursor);
  return parameters;
}
