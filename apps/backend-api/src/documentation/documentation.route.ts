import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { securitySchemes } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { removeKeySecurity } from './remove-key-security.ts';
import { sendSwaggerPage } from './swagger-page.ts';
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
  const describe = (base: string) =>
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
      servers: [{ url: base }],
    });
  app.get(paths.openapi, (context) => {
    const document = describe(context.var.links.base);
    return context.json(config.access.auth === 'none' ? removeKeySecurity(document) : document);
  });
  app.get(paths.documentation, sendSwaggerPage);
  app.get(`${assetPath}/start.js`, (context) => {
    return context.body(swaggerScript(context.var.links.href('openapi')), 200, { 'content-type': 'text/javascript' });
  });
  for (const [file, type] of Object.entries(assetTypes)) {
    app.get(`${assetPath}/${file}`, (context) =>
      context.body(Bun.file(join(assetFolder, file)).stream(), 200, {
        'content-type': type,
        'cache-control': 'public, max-age=86400',
      }),
    );
  }
}
