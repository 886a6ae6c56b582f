// Stands in for the API or the worker: answers its readiness, and dies, hangs or ends as it is told.
// Arguments: port, and how it takes a SIGTERM: `willing`, `slow` (it takes 1.5 s) or `stubborn` (not at all).
const [port, manner = 'willing'] = process.argv.slice(2);

const endAfterMs: Record<string, number> = { willing: 0, slow: 1_500, stubborn: 600_000 };
process.on('SIGTERM', () => setTimeout(() => process.exit(0), endAfterMs[manner]));
process.on('disconnect', () => process.exit(0));

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  routes: {
    '/health/ready': () => new Response('ready'),
    '/pid': () => Response.json(process.pid),
    '/exit/:code': ({ params }) => process.exit(Number(params.code)),
    // A grandchild that would live on by itself.
    '/leave-behind': () => Response.json(Bun.spawn(['sleep', '600']).pid),
  },
});
