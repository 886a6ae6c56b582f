import type { MetricsAccess } from '@thumbnail-api/config';
import { withDeadline } from '@thumbnail-api/resilience';
import { mayReadMetrics, type ObjectFaults, type Registry } from '@thumbnail-api/telemetry';

/** The checks of readiness by dependency. A check throws if its dependency is unavailable. */
export type Checks = Record<string, () => Promise<void>>;

/** What the health server reports. */
export interface HealthOptions {
  checks: Checks;
  isDraining: () => boolean;
  registry: Registry;
  /** Lost and damaged objects, for the details of readiness. */
  objectFaults: Pick<ObjectFaults, 'list'>;
  access: MetricsAccess;
}

const checkDeadline = { deadlineMs: 2_500, code: 'unavailable', message: 'The check timed out.' } as const;

/** Serves the worker's only HTTP routes: `/health/live`, `/health/ready` and `/metrics`. The caller stops the server. */
export function openHealthServer(
  listen: { host: string; port: number },
  { checks, isDraining, registry, objectFaults, access }: HealthOptions,
) {
  return Bun.serve({
    hostname: listen.host,
    port: listen.port,
    // In development mode Bun answers errors with source code and paths.
    development: false,
    routes: {
      '/health/live': () => Response.json({ status: 'up' }),
      '/health/ready': async (request) => {
        const results = await Promise.all(Object.entries(checks).map(runCheck));
        const isUp = !isDraining() && results.every(([, state]) => state === 'up');
        const showsDetails = mayReadMetrics(access, request.headers.get('authorization'));
        const body = {
          status: isUp ? 'up' : 'down',
          ...(showsDetails && { dependencies: Object.fromEntries(results), objectFaults: objectFaults.list() }),
        };
        return Response.json(body, { status: isUp ? 200 : 503 });
      },
      '/metrics': async (request) => {
        if (!mayReadMetrics(access, request.headers.get('authorization')))
          return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer realm="metrics"' } });
        return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
      },
    },
    fetch: () => new Response(null, { status: 404 }),
  });
}

async function runCheck([name, check]: [string, () => Promise<void>]): Promise<[string, 'up' | 'down']> {
  try {
    await withDeadline(checkDeadline, check);
    return [name, 'up'];
  } catch {
    return [name, 'down'];
  }
}
