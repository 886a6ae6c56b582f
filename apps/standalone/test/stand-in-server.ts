// A stand-in for the API or the worker. Arguments: its port, and how it reacts to SIGTERM: `prompt`, `slow` (exits after
// 1.5 s) or `stubborn` (does not exit).
const [port, reaction = 'prompt'] = process.argv.slice(2);

const exitDelayMs: Record<string, number> = { prompt: 0, slow: 1_500, stubborn: 600_000 };
process.on('SIGTERM', () => setTimeout(() => process.exit(0), exitDelayMs[reaction]));
process.on('disconnect', () => process.exit(0));

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  routes: {
    '/health/ready': () => new Response('ready'),
    '/pid': () => Response.json(process.pid),
    '/exit/:code': ({ params }) => process.exit(Number(params.code)),
    // A grandchild that does not exit by itself.
    '/leave-behind': () => Response.json(Bun.spawn(['sleep', '600']).pid),
  },
});
