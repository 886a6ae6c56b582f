import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { deleteImage } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { imageIdParameter } from './image-schema.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'delete',
    path: paths.image,
    operationId: 'deleteImage',
    ...needs('write'),
    tags: ['Images'],
    summary: 'Delete an image, its jobs and their thumbnails',
    request: { params: imageIdParameter },
    responses: {
      204: { description: 'The image was deleted.' },
      ...problems('unauthorized', 'forbidden', 'not_found', 'invalid_parameter'),
    },
  });

/** `DELETE /images/{id}`. */
export function registerDeleteImage(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    await deleteImage(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    return context.body(null, 204);
  });
}
