import { SwaggerUI } from '@hono/swagger-ui';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { Pages } from './pages.ts';

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Returns the handler that sends the Swagger UI page. Its scripts, styles and document all come from this API. */
export function swaggerPage(): (context: Context<ApiEnv>) => Promise<Response> {
  const pages = new Pages('text/html; charset=UTF-8');
  return (context) => {
    const { links } = context.var;
    const asset = (file: string) => `${links.href('documentation')}/assets/${file}`;
    context.header('content-security-policy', contentSecurityPolicy);
    return pages.send(context, links.base, () => render(asset));
  };
}

const render = (asset: (file: string) => string) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Thumbnail API</title><link rel="icon" href="data:,"></head>
<body>${SwaggerUI({ url: '', manuallySwaggerUIHtml: () => swaggerElements(asset) })}</body>
</html>`;

/** Contains no inline script, because the content security policy forbids them. */
const swaggerElements = (asset: (file: string) => string) => `
<div id="swagger-ui"></div>
<link rel="stylesheet" href="${asset('swagger-ui.css')}">
<script src="${asset('swagger-ui-bundle.js')}"></script>
<script src="${asset('start.js')}"></script>`;
