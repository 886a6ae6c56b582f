import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getImage } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { imageJobsHref, imageLinks } from './image-actions.ts';
import { imageIdParameter, imageResourceSchema } from './image-schema.ts';
import { presentImage } from './present-image.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.image,
    operationId: 'getImage',
    ...needs('read'),
    tags: ['Images'],
    summary: 'Get an image and its newest jobs',
    request: { params: imageIdParameter },
    responses: {
      200: {
        description: 'The image.',
        headers: {
          Link: { description: 'The URL of the `next` page of its jobs (RFC 8288).', schema: { type: 'string' } },
        },
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
    const { links } = context.var;
    if (image.next) context.header('link', `<${imageJobsHref(image.id, links, image.next)}>; rel="next"`);
    context.header('cache-control', 'no-store');
    return context.json(presentImage(image, links), 200);
  });
}
