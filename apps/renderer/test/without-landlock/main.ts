import { openKernel } from '../../src/sandbox/kernel.ts';
import { forbidNewPrivileges } from '../../src/sandbox/prctl.ts';
import { filterSystemCalls } from '../../src/sandbox/seccomp.ts';

// Runs a program of Bun as in a container whose profile forbids Landlock, as Docker's did before version 23. The filter holds
// for this thread and for the processes that it starts.
const kernel = openKernel();
if (!kernel) throw new Error('this machine has no walls');
forbidNewPrivileges(kernel);
filterSystemCalls(kernel, [{ name: 'landlock_create_ruleset', refusal: 1, conditions: [] }]);
await import(process.argv[2] ?? '');
