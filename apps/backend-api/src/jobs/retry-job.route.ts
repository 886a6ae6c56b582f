import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { retryJob } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import { assertMayRender, countRendering } from '../access/work-budget.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey, withKey } from '../http/idempotency-key.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { jobIdParameter } from './job-schema.ts';
import { jobResponse, sendJob } from './send-job.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.jobRetry,
    operationId: 'retryJob',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Retry a failed job',
    description:
      'For a job with the status `error` and `retryable: true`. Such a job has the action `Retry`. The job starts over, with the full number of attempts.',
    request: { params: jobIdParameter, headers: idempotencyHeader },
    responses: {
      202: { ...jobResponse, description: 'The job is queued again.' },
      ...problems(
        'unauthorized',
        'forbidden',
        'not_found',
        'idempotency_in_flight',
        'not_retryable',
        'invalid_parameter',
        'idempotency_mismatch',
      ),
    },
  });

/** `POST /jobs/{id}/retry`. */
export function registerRetryJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { visibleOwner: owner, trace } = context.var;
    const retried = { ...context.req.valid('param'), owner, trace: trace.traceparent };
    await assertMayRender(context, deps);
    const job = await withKey(deps, readIdempotencyKey(context), async (key) => {
      const queued = await retryJob(deps, retried, key, deps.config.bounds);
      if (!key?.first) await countRendering(context, deps, queued.costMs ?? 0);
      return queued;
    });
    return sendJob(context, job, 202);
  });
}
