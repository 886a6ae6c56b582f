import { withDeadline } from '@thumbnail-api/errors';

/** What readiness asks; each throws when its dependency is away. */
export type Checks = Record<string, () => Promise<void>>;

const checkDeadline = { deadlineMs: 2_500, code: 'unavailable', message: 'No answer.' } as const;

/** The worker's only HTTP: `/health/live` and `/health/ready`. Whoever opens it stops it. */
export function openHealthServer(listen: { host: string; port: number }, checks: Checks, isDraining: () => boolean) {
  return Bun.serve({
    hostname: listen.host,
    port: listen.port,
    routes: {
      '/health/live': () => Response.json({ status: 'up' }),
      '/health/ready': async () => {
        const answers = await Promise.all(Object.entries(checks).map(ask));
        const up = !isDraining() && answers.every(([, state]) => state === 'up');
        const body = { status: up ? 'up' : 'down', dependencies: Object.fromEntries(answers) };
        return Response.json(body, { status: up ? 200 : 503 });
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
