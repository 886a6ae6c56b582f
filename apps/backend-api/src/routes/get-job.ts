import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getJob } from '@thumbnail-api/jobs';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idParameter } from '../http/id-parameter.ts';
import { jobHeaders } from '../http/job-headers.ts';
import { jobSchema } from '../http/job-schema.ts';
import { jobLinks } from '../http/operation-links.ts';
import type { Paths } from '../http/paths.ts';
import { preferHeader, preferredWait } from '../http/prefer.ts';
import { problems } from '../http/problem-responses.ts';
import { needs } from '../http/security.ts';
import { sendJob } from '../http/send-job.ts';
import { waitForJob } from '../http/wait-for-job.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.job,
    operationId: 'getJob',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Look at a job',
    description: '`Prefer: wait=10` answers when the job has ended, or after 10 seconds.',
    request: { params: idParameter, headers: preferHeader },
    responses: {
      200: {
        description: 'The job as it is now; one that has not ended yet carries `Retry-After`.',
        headers: jobHeaders,
        content: { 'application/json': { schema: jobSchema } },
        links: jobLinks,
      },
      ...problems('unauthorized', 'not_found', 'invalid_parameter'),
    },
  });

/** `GET /jobs/{id}`. */
export function registerGetJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { id } = context.req.valid('param');
    const { owner } = context.var;
    const seconds = preferredWait(context);
    return sendJob(
      context,
      await (seconds > 0 ? waitForJob(context, deps, id, seconds) : getJob(deps, { id, owner })),
      200,
    );
  });
}
