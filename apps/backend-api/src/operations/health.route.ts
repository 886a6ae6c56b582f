import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { withDeadline } from '@thumbnail-api/resilience';
import { type Logger, mayReadMetrics } from '@thumbnail-api/telemetry';
import { noKey } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { dependencyChecks } from './dependency-checks.ts';

const state = z.enum(['up', 'down']);
const liveSchema = z.object({ status: z.literal('up') }).meta({ id: 'Liveness' });
const objectFault = z.object({
  fault: z.enum(['missing', 'damaged']),
  kind: z.enum(['original', 'thumbnail']),
  count: z.int(),
  latestAt: z.iso.datetime(),
});
const readySchema = z
  .object({
    status: state,
    dependencies: z.object({ database: state, queue: state, storage: state }).optional(),
    objectFaults: z
      .array(objectFault)
      .optional()
      .meta({ description: 'Stored files that this process has found missing or damaged since it started.' }),
  })
  .meta({ id: 'Readiness' });
const ready = { 'application/json': { schema: readySchema } };

const liveRouteOf = (path: string, operationId: string) =>
  createRoute({
    method: 'get',
    path,
    operationId,
    ...noKey,
    tags: ['Health'],
    summary: 'Check liveness',
    responses: {
      200: { description: 'The process is running.', content: { 'application/json': { schema: liveSchema } } },
    },
  });

const readyRouteOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.healthReady,
    operationId: 'getReadiness',
    ...noKey,
    tags: ['Health'],
    summary: 'Check readiness',
    description: 'If `METRICS_TOKEN` is set, the response has details only with this token.',
    responses: {
      200: { description: 'Every dependency is available.', content: ready },
      503: { description: 'A dependency is unavailable, or the process is shutting down.', content: ready },
    },
  });

const checkDeadline = { deadlineMs: 2_000, code: 'unavailable', message: 'The dependency did not answer.' } as const;

/** `GET /health/live`, `/health-check` and `/health/ready`. */
export function registerHealth(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(liveRouteOf(deps.paths.healthLive, 'getLiveness'), (context) =>
    context.json({ status: 'up' as const }, 200),
  );
  app.openapi(liveRouteOf(deps.paths.healthCheck, 'getHealthCheck'), (context) =>
    context.json({ status: 'up' as const }, 200),
  );
  const checks = dependencyChecks(deps);
  app.openapi(readyRouteOf(deps.paths), async (context) => {
    const { log } = context.var;
    const [database, queue, storage] = await Promise.all([
      stateOf('database', checks.database, log),
      stateOf('queue', checks.queue, log),
      stateOf('storage', checks.storage, log),
    ]);
    const dependencies = { database, queue, storage };
    const isReady = !deps.isDraining() && Object.values(dependencies).every((dependency) => dependency === 'up');
    const showsDependencies = mayReadMetrics(deps.config.metrics, context.req.header('authorization'));
    context.header('cache-control', 'no-store');
    const status: State = isReady ? 'up' : 'down';
    return context.json(
      { status, ...(showsDependencies && { dependencies, objectFaults: deps.metrics.objectFaults.list() }) },
      isReady ? 200 : 503,
    );
  });
}

type State = z.output<typeof state>;

async function stateOf(dependency: string, check: () => Promise<void>, log: Logger): Promise<State> {
  try {
    await withDeadline(checkDeadline, check);
    return 'up';
  } catch (error) {
    log.warn({ error, dependency }, 'dependency unavailable');
    return 'down';
  }
}
