import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { jobStatuses } from '@thumbnail-api/db';
import { jobErrorCodes } from '@thumbnail-api/errors';
import { type JobsPage, listJobs } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { acceptQuery } from '../http/read-query.ts';
import { sendJson } from '../http/send-json.ts';
import { codeField, ownerField, parseTimes, timeFields } from './job-filters.ts';
import { jobSchema } from './job-schema.ts';
import { jobsJson } from './jobs-json.ts';

const oneTo100 = 'must be a whole number from 1 to 100';
const limit = z
  .string()
  .regex(/^\d{1,3}$/, { error: oneTo100 })
  .transform(Number)
  .pipe(z.number().min(1, { error: oneTo100 }).max(100, { error: oneTo100 }))
  .openapi({ type: 'integer', minimum: 1, maximum: 100 });

const query = z.object({
  status: z.enum(jobStatuses, { error: `must be one of: ${jobStatuses.join(', ')}` }).optional(),
  code: codeField(jobErrorCodes),
  image: z.uuid({ error: 'must be a UUID' }).optional().meta({ description: 'Only jobs of the image with this id.' }),
  ...timeFields,
  owner: ownerField,
  limit: limit.default(20),
  cursor: z
    .string()
    .max(200, { error: 'must be at most 200 characters' })
    .optional()
    .meta({ description: 'The position of a page, from the `Link` header of another page.' }),
});

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobs,
    operationId: 'listJobs',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'List jobs, newest first',
    middleware: acceptQuery(Object.keys(query.shape)),
    request: { query },
    responses: {
      200: {
        description: 'One page of jobs.',
        headers: {
          Link: { description: 'The URLs of the `next` and `prev` page (RFC 8288).', schema: { type: 'string' } },
        },
        content: { 'application/json': { schema: z.array(jobSchema) } },
      },
      ...problems('unauthorized', 'invalid_cursor', 'invalid_parameter'),
    },
  });

/** `GET /jobs`. */
export function registerListJobs(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { createdAfter, createdBefore, image: imageId, owner: ownedBy, ...rest } = context.req.valid('query');
    const { links, visibleOwner: owner } = context.var;
    const page = await listJobs(deps, {
      ...rest,
      imageId,
      owner,
      ownedBy,
      ...parseTimes({ createdAfter, createdBefore }),
    });
    const header = linkHeader(context, page);
    if (header) context.header('link', header);
    return sendJson(context, await jobsJson(page.jobs, links), 200);
  });
}

/** The neighbours of a page as a `Link` header, with the same filters; empty when it has none. */
function linkHeader(context: Context<ApiEnv>, { next, prev }: JobsPage): string {
  return Object.entries({ next, prev })
    .flatMap(([rel, cursor]) => {
      if (cursor === null) return [];
      const parameters = new URL(context.req.url).searchParams;
      parameters.set('cursor', cursor);
      return [`<${context.var.links.href('jobs')}?${parameters}>; rel="${rel}"`];
    })
    .join(', ');
}
