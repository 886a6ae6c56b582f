import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getJob } from '@thumbnail-api/jobs';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idParameter } from '../http/id-parameter.ts';
import { jobSchema } from '../http/job-schema.ts';
import type { Paths } from '../http/paths.ts';
import { presentJob } from '../http/present-job.ts';
import { problems } from '../http/problem-responses.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.job,
    operationId: 'getJob',
    tags: ['Jobs'],
    summary: 'Look at a job',
    request: { params: idParameter },
    responses: {
      200: {
        description: 'The job as it is now; one that has not ended yet carries `Retry-After`.',
        headers: { 'Retry-After': { description: 'Seconds after which to look again.', schema: { type: 'integer' } } },
        content: { 'application/json': { schema: jobSchema } },
      },
      ...problems(404, 422, 503),
    },
  });

/** `GET /jobs/{id}`. */
export function registerGetJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const job = await getJob(deps, context.req.valid('param').id);
    if (!job.finishedAt) context.header('retry-after', '1');
    context.header('cache-control', 'no-store');
    return context.json(presentJob(job, context.var.links), 200);
  });
}
