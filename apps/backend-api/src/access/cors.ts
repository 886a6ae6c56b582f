import type { MiddlewareHandler } from 'hono';
import { cors as honoCors } from 'hono/cors';

const exposedHeaders = [
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
const preflightMaxAgeSeconds = 600;

/** Lets pages of `origins` call the API without credentials (Fetch, 3.2). `*` allows every origin, an empty list none. */
export function cors(origins: string[]): MiddlewareHandler {
  if (origins.length === 0) return (_context, next) => next();
  return honoCors({
    origin: origins.includes('*') ? '*' : origins,
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposeHeaders: exposedHeaders,
    maxAge: preflightMaxAgeSeconds,
  });
}
