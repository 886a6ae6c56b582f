// A stand-in for the API or the worker. Arguments: its port, and how it reacts to SIGTERM: `prompt`, `slow` (exits after
// 1.5 s) or `stubborn` (does not exit). With `late` it is ready only after 2 s.
const [port, reaction = 'prompt'] = process.argv.slice(2);

const exitDelayMs: Record<string, number> = { prompt: 0, late: 0, slow: 1_500, stubborn: 600_000 };
const readyAt = performance.now() + (reaction === 'late' ? 2_000 : 0);
process.on('SIGTERM', () => setTimeout(() => process.exit(0), exitDelayMs[reaction]));
process.on('disconnect', () => process.exit(0));

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  routes: {
    '/health/ready': () => new Response(null, { status: performance.now() < readyAt ? 503 : 200 }),
    '/pid': () => Response.json(process.pid),
    '/exit/:code': ({ params }) => process.exit(Number(params.code)),
    // A grandchild that does not exit by itself.
    '/leave-behind': () => Response.json(Bun.spawn(['sleep', '600']).pid),
  },
});
