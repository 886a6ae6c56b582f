import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getBatch, hasEnded } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { batchLinks } from '../documentation/operation-links.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { batchIdParameter } from '../jobs/id-parameter.ts';
import { batchSchema } from './batch-schema.ts';
import { presentBatch } from './present-batch.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.batch,
    operationId: 'getBatch',
    ...needs('read'),
    tags: ['Batches'],
    summary: 'Look at a batch',
    request: { params: batchIdParameter },
    responses: {
      200: {
        description: 'The batch as it is now; one that has not ended yet carries `Retry-After`.',
        headers: { 'Retry-After': { description: 'Seconds after which to look again.', schema: { type: 'integer' } } },
        content: { 'application/json': { schema: batchSchema } },
        links: batchLinks,
      },
      ...problems('unauthorized', 'not_found', 'invalid_parameter'),
    },
  });

/** `GET /batches/{id}`. */
export function registerGetBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const batch = await getBatch(deps, { ...context.req.valid('param'), owner: context.var.owner });
    if (!hasEnded(batch)) context.header('retry-after', '1');
    context.header('cache-control', 'no-store');
    return context.json(presentBatch(batch, context), 200);
  });
}
