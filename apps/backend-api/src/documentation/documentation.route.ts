import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { securitySchemes } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { Pages } from './pages.ts';
import { removeKeySecurity } from './remove-key-security.ts';
import { swaggerPage } from './swagger-page.ts';
import { swaggerScript } from './swagger-script.ts';

const assetTypes: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
const assetFolder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

const license = { name: 'MIT', identifier: 'MIT' };
const tags = [
  { name: 'Entry point', description: 'The only URL that a client needs to know.' },
  { name: 'Jobs', description: 'A job makes thumbnails of one image.' },
  {
    name: 'Images',
    description: 'An image is an uploaded original, stored unchanged. One or more jobs make thumbnails of it.',
  },
  { name: 'Batches', description: 'A batch is a group of jobs created by one request.' },
  { name: 'Health', description: 'Health and metrics, for operators.' },
  { name: 'Documentation', description: 'Pages for developers.' },
];

/** `GET /docs`, the OpenAPI 3.1 document, and `GET /swagger`, which shows it with assets served by this API. */
export function registerDocumentation(app: OpenAPIHono<ApiEnv>, { paths, config }: ApiDeps): void {
  const assetPath = `${paths.documentation}/assets`;
  for (const [name, scheme] of Object.entries(securitySchemes)) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  }
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Thumbnail API',
        version: '0.1.0',
        description:
          'Send an image and get thumbnails of it. A client only needs to know the URL `/`; it finds all others in `actions`.',
        license,
      },
      tags,
      security: [],
      // Replaced by the URL that the client used.
      servers: [],
    });
  // Rendered at the first request, when every route is registered. Only the URL of the server differs by host.
  let document: ReturnType<typeof describe> | undefined;
  const render = (base: string) => {
    document ??= config.access.auth === 'none' ? removeKeySecurity(describe()) : describe();
    return JSON.stringify({ ...document, servers: [{ url: base }] });
  };
  const documents = new Pages('application/json');
  app.get(paths.openapi, (context) => {
    const { base } = context.var.links;
    return documents.send(context, base, () => render(base));
  });
  app.get(paths.documentation, swaggerPage());
  const scripts = new Pages('text/javascript');
  app.get(`${assetPath}/start.js`, (context) => {
    const { links } = context.var;
    return scripts.send(context, links.base, () => swaggerScript(links.href('openapi')));
  });
  for (const [file, type] of Object.entries(assetTypes)) {
    const assets = new Pages(type, 'public, max-age=86400');
    app.get(`${assetPath}/${file}`, (context) =>
      assets.send(context, file, () => Bun.file(join(assetFolder, file)).bytes()),
    );
  }
}
