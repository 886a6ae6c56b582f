import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { mayBeKnown } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { actionSchema } from '../http/actions.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { entryPointActions, entryPointLinks } from './entry-point-actions.ts';
import { sendSwaggerPage } from './swagger-page.ts';

const entryPointSchema = z
  .object({ name: z.string(), description: z.string(), actions: z.array(actionSchema) })
  .meta({ id: 'EntryPoint' });

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.entryPoint,
    operationId: 'getEntryPoint',
    ...mayBeKnown,
    tags: ['Entry point'],
    summary: 'Where every client begins',
    description: 'The actions are those that the key may follow which is sent; none need be.',
    responses: {
      200: {
        description: 'What can be done here.',
        content: {
          'application/json': { schema: entryPointSchema },
          'text/html': { schema: z.string().meta({ description: 'For browsers: the documentation.' }) },
        },
        links: entryPointLinks,
      },
      ...problems('unauthorized'),
    },
  });

/** `GET /`. */
export function registerGetEntryPoint(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), (context) => {
    const { links } = context.var;
    context.header('vary', 'Accept', { append: true });
    const wanted = accepts(context, {
      header: 'Accept',
      supports: ['application/json', 'text/html'],
      default: 'application/json',
    });
    if (wanted === 'text/html') return sendSwaggerPage(context);
    const description = 'Send an image, get thumbnails back. Follow the actions.';
    return context.json({ name: 'Thumbnail API', description, actions: entryPointActions(links) }, 200);
  });
}
