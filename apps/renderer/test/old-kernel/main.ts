import { type Kernel, openKernel } from '../../src/sandbox/kernel.ts';
import { launch } from '../../src/sandbox/launch.ts';

// The launcher on a kernel with an older Landlock, or with none: the first argument is its version.
const [, , version, ...args] = process.argv;
const kernel = openKernel();
if (!kernel) throw new Error('this machine has no walls');
const call: Kernel['call'] = (name, ...given) =>
  name === 'landlock_create_ruleset' && given[0] === 0 ? Number(version) : kernel.call(name, ...given);
launch({ ...kernel, call }, ['--no-env-file', ...args]);
