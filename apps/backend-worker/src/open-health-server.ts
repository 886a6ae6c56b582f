import type { MetricsAccess } from '@thumbnail-api/config';
import {
  type Counter,
  type DependencyWatch,
  mayReadMetrics,
  type ObjectFaults,
  type Registry,
} from '@thumbnail-api/telemetry';

/** What the health server reports. */
export interface HealthOptions {
  dependencies: DependencyWatch;
  isDraining: () => boolean;
  registry: Registry;
  /** Lost and damaged objects, for the details of readiness. */
  objectFaults: Pick<ObjectFaults, 'list'>;
  /** Counts wrong metrics tokens. */
  wrongTokens: Pick<Counter<'kind'>, 'inc'>;
  access: MetricsAccess;
}

/** The states are read at most once in this time, however often readiness is requested. */
const stateMaxAgeMs = 1_000;

/**
 * Serves the worker's only HTTP routes: `/health/live`, `/health/ready` and `/metrics`. The caller stops the server.
 *
 * No request is sent to a worker by its readiness: it holds up a rollout of workers that cannot work. So a worker is ready
 * only while all its dependencies are available.
 */
export function openHealthServer(
  listen: { host: string; port: number },
  { dependencies, isDraining, registry, objectFaults, wrongTokens, access }: HealthOptions,
) {
  const maySeeMetrics = ({ headers }: Request) => {
    const token = headers.get('authorization');
    const maySee = mayReadMetrics(access, token);
    if (!maySee && token !== null) wrongTokens.inc({ kind: 'metrics' });
    return maySee;
  };
  return Bun.serve({
    hostname: listen.host,
    port: listen.port,
    // With `development: false`, Bun lets several processes listen on one port, and each gets a part of the connections.
    reusePort: false,
    // In development mode Bun answers errors with source code and paths.
    development: false,
    routes: {
      '/health/live': () => Response.json({ status: 'up' }),
      '/health/ready': async (request) => {
        const states = await dependencies.read(stateMaxAgeMs);
        const isUp = !isDraining() && Object.values(states).every((state) => state === 'up');
        const showsDetails = maySeeMetrics(request);
        const body = {
          status: isUp ? 'up' : 'down',
          ...(showsDetails && { dependencies: states, objectFaults: objectFaults.list() }),
        };
        return Response.json(body, { status: isUp ? 200 : 503 });
      },
      '/metrics': async (request) => {
        if (!maySeeMetrics(request))
          return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer realm="metrics"' } });
        return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
      },
    },
    fetch: () => new Response(null, { status: 404 }),
  });
}
