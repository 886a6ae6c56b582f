import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { withDeadline } from '@thumbnail-api/resilience';
import { mayReadMetrics } from '@thumbnail-api/telemetry';
import { open } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { dependencyChecks } from './dependency-checks.ts';

const state = z.enum(['up', 'down']);
const liveSchema = z.object({ status: z.literal('up') }).meta({ id: 'Liveness' });
const readySchema = z
  .object({ status: state, dependencies: z.object({ database: state, queue: state, storage: state }).optional() })
  .meta({ id: 'Readiness' });
const ready = { 'application/json': { schema: readySchema } };

const live = (path: string, operationId: string) =>
  createRoute({
    method: 'get',
    path,
    operationId,
    ...open,
    tags: ['Health'],
    summary: 'Is the process alive?',
    responses: { 200: { description: 'It is.', content: { 'application/json': { schema: liveSchema } } } },
  });

const readyOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.healthReady,
    operationId: 'getReadiness',
    ...open,
    tags: ['Health'],
    summary: 'Can it work?',
    description: 'Where a `METRICS_TOKEN` is set, which dependency is away is told to its bearer alone.',
    responses: {
      200: { description: 'Every dependency answers.', content: ready },
      503: { description: 'One does not, or the process is ending.', content: ready },
    },
  });

const checkDeadline = { deadlineMs: 2_000, code: 'unavailable', message: 'No answer.' } as const;

/** `GET /health/live`, `/health-check` and `/health/ready`. */
export function registerHealth(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(live(deps.paths.healthLive, 'getLiveness'), (context) => context.json({ status: 'up' as const }, 200));
  app.openapi(live(deps.paths.healthCheck, 'getHealthCheck'), (context) =>
    context.json({ status: 'up' as const }, 200),
  );
  const checks = dependencyChecks(deps);
  app.openapi(readyOf(deps.paths), async (context) => {
    const check = async (name: string, call: () => Promise<void>) => {
      try {
        await withDeadline(checkDeadline, call);
        return 'up' as const;
      } catch (error) {
        context.var.log.warn({ error, dependency: name }, 'a dependency is away');
        return 'down' as const;
      }
    };
    const [database, queue, storage] = await Promise.all([
      check('database', checks.database),
      check('queue', checks.queue),
      check('storage', checks.storage),
    ]);
    const dependencies = { database, queue, storage };
    const isShown = mayReadMetrics(deps.config.metrics, context.req.header('authorization'));
    const up = !deps.isDraining() && Object.values(dependencies).every((dependency) => dependency === 'up');
    context.header('cache-control', 'no-store');
    const status = up ? ('up' as const) : ('down' as const);
    return context.json({ status, ...(isShown && { dependencies }) }, up ? 200 : 503);
  });
}
