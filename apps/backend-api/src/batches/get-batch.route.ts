import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getBatch, hasEnded } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { sendJson } from '../http/send-json.ts';
import { batchLinks } from './batch-actions.ts';
import { batchJson } from './batch-json.ts';
import { batchIdParameter, batchSchema } from './batch-schema.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.batch,
    operationId: 'getBatch',
    ...needs('read'),
    tags: ['Batches'],
    summary: 'Get a batch',
    request: { params: batchIdParameter },
    responses: {
      200: {
        description: 'The batch. Until all its jobs have finished, the response has `Retry-After`.',
        headers: {
          'Retry-After': { description: 'Seconds to wait before the next request.', schema: { type: 'integer' } },
        },
        content: { 'application/json': { schema: batchSchema } },
        links: batchLinks,
      },
      ...problems('unauthorized', 'not_found', 'invalid_parameter'),
    },
  });

/** `GET /batches/{id}`. */
export function registerGetBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const batch = await getBatch(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    if (!hasEnded(batch)) context.header('retry-after', '1');
    return sendJson(context, await batchJson(batch, context), 200);
  });
}
