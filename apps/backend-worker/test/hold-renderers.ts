import { openRendererLab } from './renderer-lab.ts';
import { slowSvg } from './slow-svg.ts';

// A worker that is going to be killed: prints the ids of its renderers, and keeps one of them at work.
const { pool, taskFor } = openRendererLab({ size: 2 });
process.stdout.write(`${JSON.stringify(pool.pids())}\n`);
await pool.render(await taskFor(slowSvg(), { width: 400 }));
