import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { shareResult } from '@thumbnail-api/resilience';
import { maySeeMetrics } from '../access/may-see-metrics.ts';
import { optionalMetricsToken } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.metrics,
    operationId: 'getMetrics',
    ...optionalMetricsToken,
    tags: ['Health'],
    summary: 'Get metrics',
    description:
      'Metrics of this process in the Prometheus text format. If `METRICS_TOKEN` is set, send it as a bearer token.',
    responses: {
      200: { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } },
      ...problems('unauthorized'),
    },
  });

/** A client that floods gets a copy of at most this age: to read the metrics takes milliseconds. */
const copyMaxAgeMs = 1_000;

/** `GET /metrics`. */
export function registerGetMetrics(app: OpenAPIHono<ApiEnv>, { config, metrics, paths }: ApiDeps): void {
  const read = shareResult(() => metrics.registry.metrics());
  app.openapi(routeOf(paths), async (context) => {
    if (!(await maySeeMetrics(context, { config }))) {
      throw new AppError(
        'unauthorized',
        'The metrics token is required. Send `Authorization: Bearer <METRICS_TOKEN>`.',
      );
    }
    const text = await read(context.var.isFlooding ? copyMaxAgeMs : 0);
    return context.text(text, 200, { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' });
  });
}
