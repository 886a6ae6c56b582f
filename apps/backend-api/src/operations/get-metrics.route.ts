import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { mayReadMetrics } from '@thumbnail-api/telemetry';
import { mayNeedMetricsToken } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.metrics,
    operationId: 'getMetrics',
    ...mayNeedMetricsToken,
    tags: ['Health'],
    summary: 'What has been counted so far',
    description: 'In the text format of Prometheus. Where a `METRICS_TOKEN` is set it must be borne.',
    responses: {
      200: { description: 'Every instrument of this process.', content: { 'text/plain': { schema: z.string() } } },
      ...problems('unauthorized'),
    },
  });

/** `GET /metrics`. */
export function registerGetMetrics(app: OpenAPIHono<ApiEnv>, { config, metrics, paths }: ApiDeps): void {
  app.openapi(routeOf(paths), async (context) => {
    if (!mayReadMetrics(config.metrics, context.req.header('authorization'))) {
      throw new AppError('unauthorized', 'Metrics ask for their token.');
    }
    const text = await metrics.registry.metrics();
    return context.text(text, 200, { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' });
  });
}
