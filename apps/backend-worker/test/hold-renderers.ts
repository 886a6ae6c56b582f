import { slowSvg } from '@thumbnail-api/testing/images';
import { openRendererLab } from './renderer-lab.ts';

// A process for a test to kill: prints the process ids of its renderers once they have run a task, and keeps one busy.
const { pool, taskFor } = openRendererLab({ size: 2 });
const tiny = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
for (const _ of pool.pids()) await pool.render(taskFor(tiny));
process.stdout.write(`${JSON.stringify(pool.pids())}\n`);
await pool.render(taskFor(slowSvg(), { width: 400 }));
