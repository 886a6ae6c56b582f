import { AppError } from '@thumbnail-api/errors';
import type { MiddlewareHandler } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { requestedUrl } from '../http/base-url.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Rejects requests that would change something and that a web page of another origin sent. A browser sends some of them,
 * such as forms, without asking the API first. Programs other than browsers send neither header and are not affected.
 *
 * @throws AppError `forbidden`, before the body is read
 */
export function rejectForeignPages({ config }: Pick<ApiDeps, 'config'>): MiddlewareHandler<ApiEnv> {
  const { publicUrl } = config.links;
  return (context, next) => {
    if (safeMethods.has(context.req.method)) return next();
    const own = [requestedUrl(context.req.raw, config.links), ...(publicUrl ? [new URL(publicUrl)] : [])];
    if (!isForeign(context.req.raw.headers, own, config.corsOrigins)) return next();
    throw new AppError(
      'forbidden',
      'Pages of other origins cannot change anything. Add the origin of the page to CORS_ORIGINS, or use keys (AUTH=api-key).',
    );
  };
}

/**
 * Whether a page that is neither of the API's own URLs nor of an allowed origin sent the request (Fetch Metadata, 2.2;
 * RFC 6454, 7).
 *
 * Browsers send `Sec-Fetch-Site` only over TLS and to loopback addresses. `Origin` is compared by host and port: behind a
 * proxy that terminates TLS and says nothing, the scheme that the API sees is not the one of the page.
 */
export function isForeign(headers: Headers, own: URL[], allowedOrigins: string[]): boolean {
  const origin = headers.get('origin');
  if (allowedOrigins.includes('*') || (origin !== null && allowedOrigins.includes(origin))) return false;
  const site = headers.get('sec-fetch-site');
  if (site === 'same-origin') return false;
  if (site !== null && site !== 'none') return true;
  return origin !== null && !own.some((url) => isSameHost(origin, url));
}

/** The default port is that of the scheme of the origin. */
function isSameHost(origin: string, { host }: URL): boolean {
  const page = URL.parse(origin);
  return page !== null && page.host !== '' && page.host === URL.parse(`${page.protocol}//${host}`)?.host;
}
