import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { retryBatch } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import { assertMayRender, countRendering } from '../access/work-budget.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey, withKey } from '../http/idempotency-key.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { sendJson } from '../http/send-json.ts';
import { batchLinks } from './batch-actions.ts';
import { batchJson } from './batch-json.ts';
import { batchIdParameter, batchSchema } from './batch-schema.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.batchRetry,
    operationId: 'retryBatch',
    ...needs('write'),
    tags: ['Batches'],
    summary: 'Retry the failed jobs of a batch',
    description: 'Retries the jobs of the batch that have `retryable: true`, at most 1 000 in a request.',
    request: { params: batchIdParameter, headers: idempotencyHeader },
    responses: {
      202: {
        description: 'The failed jobs are queued again.',
        content: { 'application/json': { schema: batchSchema } },
        links: batchLinks,
      },
      ...problems(
        'unauthorized',
        'forbidden',
        'not_found',
        'idempotency_in_flight',
        'invalid_parameter',
        'idempotency_mismatch',
      ),
    },
  });

/** `POST /batches/{id}/retry`. */
export function registerRetryBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const owned = { ...context.req.valid('param'), owner: context.var.visibleOwner };
    await assertMayRender(context, deps);
    const { batch, costMs } = await withKey(deps, readIdempotencyKey(context), (key) =>
      retryBatch(deps, owned, key, deps.config.bounds),
    );
    await countRendering(context, deps, costMs);
    return sendJson(context, await batchJson(batch, context), 202);
  });
}
