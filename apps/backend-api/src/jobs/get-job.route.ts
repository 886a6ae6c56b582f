import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getJob } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { jobLinks } from '../documentation/operation-links.ts';
import { preferHeader, preferredWait } from '../events/prefer.ts';
import { waitForJob } from '../events/wait-for-job.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { idParameter } from './id-parameter.ts';
import { jobHeaders } from './job-headers.ts';
import { jobSchema } from './job-schema.ts';
import { sendJob } from './send-job.ts';

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
