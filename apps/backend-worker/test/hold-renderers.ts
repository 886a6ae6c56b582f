import { slowSvg } from '@thumbnail-api/testing/images';
import { openRendererLab } from './renderer-lab.ts';

// A worker that is going to be killed: prints the ids of its renderers once they have worked, and keeps one at work.
const { pool, taskFor } = openRendererLab({ size: 2 });
const tiny = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
for (const _ of pool.pids()) await pool.render(await taskFor(tiny));
process.stdout.write(`${JSON.stringify(pool.pids())}\n`);
await pool.render(await taskFor(slowSvg(), { width: 400 }));
