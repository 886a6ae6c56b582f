import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getJob } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { preferHeader, preferredWait } from '../events/prefer.ts';
import { waitForJob } from '../events/wait-for-job.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { jobIdParameter } from './job-schema.ts';
import { jobResponse, sendJob } from './send-job.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.job,
    operationId: 'getJob',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Get a job',
    description: 'With `Prefer: wait=10` the response comes when the job has finished, or after 10 seconds.',
    request: { params: jobIdParameter, headers: preferHeader },
    responses: {
      200: { ...jobResponse, description: 'The job. Until it has finished, the response has `Retry-After`.' },
      ...problems('unauthorized', 'not_found', 'invalid_parameter'),
    },
  });

/** `GET /jobs/{id}`. */
export function registerGetJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { id } = context.req.valid('param');
    const { visibleOwner: owner } = context.var;
    const seconds = preferredWait(context);
    const job = await (seconds > 0 ? waitForJob(context, deps, id, seconds) : getJob(deps, { id, owner }));
    return sendJob(context, job, 200);
  });
}
