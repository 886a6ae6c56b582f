import type { MiddlewareHandler } from 'hono';
import { cors as honoCors } from 'hono/cors';

const exposed = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Server-Timing',
  'Traceresponse',
  'X-Request-Id',
];
const preflightSeconds = 600;

/** Lets pages of `origins` call the API (Fetch, 3.2); `*` names all, none lets nobody. Never with credentials. */
export function cors(origins: string[]): MiddlewareHandler {
  if (origins.length === 0) return (_context, next) => next();
  return honoCors({
    origin: origins.includes('*') ? '*' : origins,
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposeHeaders: exposed,
    maxAge: preflightSeconds,
  });
}
