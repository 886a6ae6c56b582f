import type { MetricsAccess } from '@thumbnail-api/config';
import { withDeadline } from '@thumbnail-api/resilience';
import { mayReadMetrics, type Registry } from '@thumbnail-api/telemetry';

/** What readiness asks; each throws when its dependency is away. */
export type Checks = Record<string, () => Promise<void>>;

const checkDeadline = { deadlineMs: 2_500, code: 'unavailable', message: 'No answer.' } as const;

/** What the worker tells of itself. */
export interface WorkerFacts {
  checks: Checks;
  isDraining: () => boolean;
  registry: Registry;
  access: MetricsAccess;
}

/** The worker's only HTTP: `/health/live`, `/health/ready` and `/metrics`. Whoever opens it stops it. */
export function openHealthServer(
  listen: { host: string; port: number },
  { checks, isDraining, registry, access }: WorkerFacts,
) {
  return Bun.serve({
    hostname: listen.host,
    port: listen.port,
    // Else Bun shows whoever asks what it knows of an error: source and paths.
    development: false,
    routes: {
      '/health/live': () => Response.json({ status: 'up' }),
      '/health/ready': async (request) => {
        const answers = await Promise.all(Object.entries(checks).map(ask));
        const up = !isDraining() && answers.every(([, state]) => state === 'up');
        const isShown = mayReadMetrics(access, request.headers.get('authorization'));
        const body = { status: up ? 'up' : 'down', ...(isShown && { dependencies: Object.fromEntries(answers) }) };
        return Response.json(body, { status: up ? 200 : 503 });
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

async function ask([name, check]: [string, () => Promise<void>]): Promise<[string, 'up' | 'down']> {
  try {
    await withDeadline(checkDeadline, check);
    return [name, 'up'];
  } catch {
    return [name, 'down'];
  }
}
