import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SwaggerUI } from '@hono/swagger-ui';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { securitySchemes } from '../http/security.ts';
import { swaggerStart } from '../http/swagger-start.ts';
import { withoutKeys } from '../http/without-keys.ts';

const assetTypes: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
const assetFolder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

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
    return context.json(config.access.auth === 'none' ? withoutKeys(document) : document);
  });
  app.get(paths.documentation, (context) => {
    const asset = (file: string) => `${context.var.links.href('documentation')}/assets/${file}`;
    context.header('content-security-policy', contentSecurityPolicy);
    return context.html(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Thumbnail API</title><link rel="icon" href="data:,"></head>
<body>${SwaggerUI({ url: '', manuallySwaggerUIHtml: () => swaggerPage(asset) })}</body>
</html>`);
  });
  app.get(`${assetPath}/start.js`, (context) => {
    return context.body(swaggerStart(context.var.links.href('openapi')), 200, { 'content-type': 'text/javascript' });
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

/** No script stands in the page itself, so that its policy can forbid that. */
const swaggerPage = (asset: (file: string) => string) => `
<div id="swagger-ui"></div>
<link rel="stylesheet" href="${asset('swagger-ui.css')}">
<script src="${asset('swagger-ui-bundle.js')}"></script>
<script src="${asset('start.js')}"></script>`;
