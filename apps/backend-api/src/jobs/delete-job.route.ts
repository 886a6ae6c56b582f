import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { deleteJob } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { idParameter } from './id-parameter.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'delete',
    path: paths.job,
    operationId: 'deleteJob',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Erase a job and its thumbnails',
    description:
      'In any state, also while it is processing. The image is erased too when no other job uses it. Nobody sees the job from now on; what a run still stores is removed within minutes.',
    request: { params: idParameter },
    responses: {
      204: { description: 'The job is gone.' },
      ...problems('unauthorized', 'forbidden', 'not_found', 'invalid_parameter'),
    },
  });

/** `DELETE /jobs/{id}`. */
export function registerDeleteJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    await deleteJob(deps, { ...context.req.valid('param'), owner: context.var.owner });
    return context.body(null, 204);
  });
}
