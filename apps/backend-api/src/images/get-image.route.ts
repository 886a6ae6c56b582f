import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getImage } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { imageLinks } from './image-actions.ts';
import { imageIdParameter, imageResourceSchema } from './image-schema.ts';
import { presentImage } from './present-image.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.image,
    operationId: 'getImage',
    ...needs('read'),
    tags: ['Images'],
    summary: 'Get an image and its jobs',
    request: { params: imageIdParameter },
    responses: {
      200: {
        description: 'The image.',
        content: { 'application/json': { schema: imageResourceSchema } },
        links: imageLinks,
      },
      ...problems('unauthorized', 'not_found', 'invalid_parameter'),
    },
  });

/** `GET /images/{id}`. */
export function registerGetImage(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const image = await getImage(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    context.header('cache-control', 'no-store');
    return context.json(presentImage(image, context.var.links), 200);
  });
}
