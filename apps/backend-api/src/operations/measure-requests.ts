import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { ApiEnv } from '../http/api-env.ts';
import { toRoutePath } from '../http/paths.ts';
import type { ApiMetrics } from './api-metrics.ts';

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);

/**
 * Counts and times every request by operation, never by path, so that the number of labels is bounded. A request that matches
 * no operation of the OpenAPI document counts as `none`. Register it before every route.
 */
export function measureRequests(app: OpenAPIHono<ApiEnv>, { requests, durations }: ApiMetrics) {
  let operations: Map<string, string> | undefined;
  return createMiddleware<ApiEnv>(async (context, next) => {
    const startedAt = performance.now();
    await next();
    operations ??= readOperations(app);
    const { method } = context.req;
    const routedMethod = method === 'HEAD' ? 'GET' : method;
    const route = matchedRoutes(context).find((matched) => operations?.has(`${routedMethod} ${matched.path}`));
    const labels = {
      operation: operations.get(`${routedMethod} ${route?.path}`) ?? 'none',
      method: knownMethods.has(method) ? method : 'other',
    };
    requests.inc({ ...labels, status: context.res.status });
    durations.observe(labels, (performance.now() - startedAt) / 1_000);
  });
}

/** The ids of the operations in the OpenAPI document, by method and path in the router's syntax. */
function readOperations(app: OpenAPIHono<ApiEnv>): Map<string, string> {
  const routes = app.openAPIRegistry.definitions.flatMap((each) => (each.type === 'route' ? [each.route] : []));
  return new Map(
    routes.map(({ method, path, operationId }) => [
      `${method.toUpperCase()} ${toRoutePath(path)}`,
      operationId ?? 'none',
    ]),
  );
}
