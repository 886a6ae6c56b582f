import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { retryJob } from '@thumbnail-api/jobs';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idParameter } from '../http/id-parameter.ts';
import { jobSchema } from '../http/job-schema.ts';
import { paths } from '../http/paths.ts';
import { presentJob } from '../http/present-job.ts';
import { problems } from '../http/problem-responses.ts';

const route = createRoute({
  method: 'post',
  path: paths.jobRetry,
  operationId: 'retryJob',
  tags: ['Jobs'],
  summary: 'Run a failed job again',
  description:
    'For a job that ended in `error` with `retryable: true`; the action `Retry` appears on it. It starts afresh, with all its tries before it.',
  request: { params: idParameter },
  responses: {
    202: {
      description: 'The job waits for its next run.',
      headers: { 'Retry-After': { description: 'Seconds after which to look again.', schema: { type: 'integer' } } },
      content: { 'application/json': { schema: jobSchema } },
    },
    ...problems(404, 409, 422, 503),
  },
});

/** `POST /jobs/{id}/retry`. */
export function registerRetryJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(route, async (context) => {
    const job = await retryJob(deps, context.req.valid('param').id);
    if (!job.finishedAt) context.header('retry-after', '1');
    context.header('cache-control', 'no-store');
    return context.json(presentJob(job, context.var.links), 202);
  });
}
