import { continueTrace, type Logger } from '@thumbnail-api/telemetry';
import { createMiddleware } from 'hono/factory';
import { createLinks } from './actions.ts';
import type { ApiEnv } from './api-env.ts';
import { baseUrl, type LinkOptions } from './base-url.ts';
import type { Paths } from './paths.ts';

const requestIdPattern = /^[\w.:-]{1,64}$/;

/** Sets the request id (the client's own `X-Request-Id` if it is valid), trace, logger and links, and logs each request. */
export const requestContext = (log: Logger, links: LinkOptions, paths: Paths) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const startedAt = performance.now();
    const clientId = context.req.header('x-request-id') ?? '';
    const requestId = requestIdPattern.test(clientId) ? clientId : Bun.randomUUIDv7();
    const trace = continueTrace(context.req.header('traceparent'));
    const requestLog = log.child({ requestId, traceId: trace.traceId });
    context.set('requestId', requestId);
    context.set('owner', '');
    context.set('scope', 'none');
    context.set('isShared', false);
    context.set('isFlooding', false);
    context.set('log', requestLog);
    context.set('trace', trace);
    context.set('links', createLinks(baseUrl(context.req.raw, links), paths, { scope: 'none', linkSecret: undefined }));
    context.header('x-request-id', requestId);
    context.header('traceresponse', trace.traceparent);

    await next();

    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
    const { method, path } = context.req;
    const ms = Math.round(performance.now() - startedAt);
    context.var.log.info({ method, path, status: context.res.status, ms }, 'request finished');
  });
