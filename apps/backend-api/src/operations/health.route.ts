import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { shareResult } from '@thumbnail-api/resilience';
import { maySeeMetrics } from '../access/may-see-metrics.ts';
import { noKey } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { type DependencyName, dependencyNames } from './dependency-checks.ts';

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
    dependencies: z.object(stateOfEach()).optional(),
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
    description:
      'Says whether to send requests to this process. Another dependency than the database may be unavailable: what needs it is answered with 503, and the rest is served. If `METRICS_TOKEN` is set, the response has details only with this token.',
    responses: {
      200: { description: 'The database answers.', content: ready },
      503: { description: 'The database is unavailable, or the process is shutting down.', content: ready },
    },
  });

/** The states are read at most once in this time, however often readiness is requested. */
const stateMaxAgeMs = 1_000;

/** `GET /health/live`, `/health-check` and `/health/ready`. */
export function registerHealth(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(liveRouteOf(deps.paths.healthLive, 'getLiveness'), (context) =>
    context.json({ status: 'up' as const }, 200),
  );
  app.openapi(liveRouteOf(deps.paths.healthCheck, 'getHealthCheck'), (context) =>
    context.json({ status: 'up' as const }, 200),
  );
  // Also shares the wait for dependencies that do not answer.
  const readStates = shareResult(() => deps.dependencies.read(0, ['database']));
  app.openapi(readyRouteOf(deps.paths), async (context) => {
    const dependencies = await readStates(stateMaxAgeMs);
    const isReady = dependencies.database === 'up' && !deps.isDraining();
    // A probe is answered without details, however many wrong tokens its address has sent.
    const showsDependencies = await maySeeMetrics(context, deps).catch(() => false);
    context.header('cache-control', 'no-store');
    const status = isReady ? ('up' as const) : ('down' as const);
    return context.json(
      { status, ...(showsDependencies && { dependencies, objectFaults: deps.metrics.objectFaults.list() }) },
      isReady ? 200 : 503,
    );
  });
}

function stateOfEach() {
  return Object.fromEntries(dependencyNames.map((name) => [name, state])) as Record<DependencyName, typeof state>;
}
