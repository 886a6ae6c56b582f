import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { retryJob } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { jobLinks } from '../documentation/operation-links.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { withTrace } from '../http/with-trace.ts';
import { idParameter } from './id-parameter.ts';
import { jobHeaders } from './job-headers.ts';
import { jobSchema } from './job-schema.ts';
import { sendJob } from './send-job.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.jobRetry,
    operationId: 'retryJob',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Run a failed job again',
    description:
      'For a job that ended in `error` with `retryable: true`; the action `Retry` appears on it. It starts afresh, with all its tries before it.',
    request: { params: idParameter },
    responses: {
      202: {
        description: 'The job waits for its next run.',
        headers: jobHeaders,
        content: { 'application/json': { schema: jobSchema } },
        links: jobLinks,
      },
      ...problems('unauthorized', 'forbidden', 'not_found', 'not_retryable', 'invalid_parameter'),
    },
  });

/** `POST /jobs/{id}/retry`. */
export function registerRetryJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const job = await retryJob(withTrace(deps, context), { ...context.req.valid('param'), owner: context.var.owner });
    return sendJob(context, job, 202);
  });
}
