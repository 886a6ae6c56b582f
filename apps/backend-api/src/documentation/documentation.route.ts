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
  { name: 'Entry point', description: 'Where every client begins.' },
  { name: 'Jobs', description: 'One request to make thumbnails of one image.' },
  { name: 'Images', description: 'What was sent, kept as it is; one or more jobs work on it.' },
  { name: 'Batches', description: 'Jobs that were sent together.' },
  { name: 'Health', description: 'For those who run the service.' },
  { name: 'Documentation', description: 'For people.' },
];

/** `GET /docs`, the OpenAPI 3.1 document, and `GET /swagger`, the page that shows it; its assets come from the package. */
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
        description: 'Send an image, get thumbnails back. A client needs no URL but `/`: it follows `actions`.',
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
