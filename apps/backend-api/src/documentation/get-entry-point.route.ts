import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { optionalKey } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { actionSchema } from '../http/actions.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { entryPointActions, entryPointLinks } from './entry-point-actions.ts';
import { swaggerPage } from './swagger-page.ts';

const entryPointSchema = z
  .object({ name: z.string(), description: z.string(), actions: z.array(actionSchema) })
  .meta({ id: 'EntryPoint' });

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.entryPoint,
    operationId: 'getEntryPoint',
    ...optionalKey,
    tags: ['Entry point'],
    summary: 'Get the entry point',
    description: 'Lists the actions that the key allows. Without a key, it lists the actions that need none.',
    responses: {
      200: {
        description: 'The actions of the entry point.',
        content: {
          'application/json': { schema: entryPointSchema },
          'text/html': { schema: z.string().meta({ description: 'The documentation, for browsers.' }) },
        },
        links: entryPointLinks,
      },
      ...problems('unauthorized'),
    },
  });

/** `GET /`. */
export function registerGetEntryPoint(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const sendSwaggerPage = swaggerPage();
  app.openapi(routeOf(deps.paths), (context) => {
    const { links } = context.var;
    context.header('vary', 'Accept', { append: true });
    const type = accepts(context, {
      header: 'Accept',
      supports: ['application/json', 'text/html'],
      default: 'application/json',
    });
    if (type === 'text/html') return sendSwaggerPage(context);
    const description = 'Send an image and get thumbnails of it. Follow the actions.';
    return context.json({ name: 'Thumbnail API', description, actions: entryPointActions(links) }, 200);
  });
}
