import { SwaggerUI } from '@hono/swagger-ui';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Sends the Swagger UI page. Its scripts, styles and document all come from this API. */
export function sendSwaggerPage(context: Context<ApiEnv>) {
  const asset = (file: string) => `${context.var.links.href('documentation')}/assets/${file}`;
  context.header('content-security-policy', contentSecurityPolicy);
  return context.html(
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Thumbnail API</title><link rel="icon" href="data:,"></head>
<body>${SwaggerUI({ url: '', manuallySwaggerUIHtml: () => swaggerPage(asset) })}</body>
</html>`,
    200,
  );
}

/** Contains no inline script, because the content security policy forbids them. */
const swaggerPage = (asset: (file: string) => string) => `
<div id="swagger-ui"></div>
<link rel="stylesheet" href="${asset('swagger-ui.css')}">
<script src="${asset('swagger-ui-bundle.js')}"></script>
<script src="${asset('start.js')}"></script>`;
