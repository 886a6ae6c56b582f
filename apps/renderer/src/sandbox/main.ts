import { openKernel } from './kernel.ts';
import { findWalls, launch } from './launch.ts';

// Starts a program with its arguments behind walls. Without one, says which walls this kernel offers.
const kernel = openKernel();
const args = process.argv.slice(2);
if (args.length === 0) process.stdout.write(JSON.stringify(findWalls(kernel)));
else if (kernel) launch(kernel, ['--no-env-file', ...args]);
else throw new Error('this machine has no walls');
