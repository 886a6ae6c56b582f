import { findWalls, launch } from './launch.ts';

// Starts a program with its arguments behind walls. Without one, says which walls this kernel offers.
const args = process.argv.slice(2);
if (args.length === 0) process.stdout.write(JSON.stringify(findWalls()));
else launch(['--no-env-file', ...args]);
