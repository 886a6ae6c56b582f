import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { deleteJob } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { jobIdParameter } from './job-schema.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'delete',
    path: paths.job,
    operationId: 'deleteJob',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Delete a job and its thumbnails',
    description:
      'Works in every state. The job disappears at once, and its files are removed within minutes. The image is deleted too if no other job uses it.',
    request: { params: jobIdParameter },
    responses: {
      204: { description: 'The job was deleted.' },
      ...problems('unauthorized', 'forbidden', 'not_found', 'invalid_parameter'),
    },
  });

/** `DELETE /jobs/{id}`. */
export function registerDeleteJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    await deleteJob(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    return context.body(null, 204);
  });
}
