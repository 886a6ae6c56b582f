import { continueTrace, type Logger } from '@thumbnail-api/telemetry';
import { createMiddleware } from 'hono/factory';
import { clientAddress } from '../access/caller-address.ts';
import { createLinks } from './actions.ts';
import type { ApiEnv } from './api-env.ts';
import { baseUrl, type LinkOptions } from './base-url.ts';
import { measureResponse } from './measure-response.ts';
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
    context.set('visibleOwner', '');
    context.set('scope', 'none');
    context.set('isShared', false);
    context.set('bytesIn', null);
    context.set('isFlooding', false);
    context.set('log', requestLog);
    context.set('trace', trace);
    context.set(
      'links',
      createLinks(baseUrl(context.req.raw, links), paths, { scope: 'none', imageTypes: [], linkSecret: undefined }),
    );
    context.header('x-request-id', requestId);
    context.header('traceresponse', trace.traceparent);

    await next();

    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
    const { method, path } = context.req;
    const line = { method, path, status: context.res.status, client: clientAddress(context, links) };
    const bytes = {
      bytesIn: context.var.bytesIn ?? declaredBytes(context.req.raw),
      bytesOut: await measureResponse(context),
    };
    const ms = Math.round(performance.now() - startedAt);
    context.var.log.info({ ...line, ...bytes, ms }, 'request finished');
  });

/** The length of a body that was read as a whole, with a limit. A body that was not read is not received. */
const declaredBytes = ({ bodyUsed, headers }: Request): number =>
  bodyUsed ? Number(headers.get('content-length') ?? 0) : 0;
