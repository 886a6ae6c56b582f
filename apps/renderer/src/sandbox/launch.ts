import { ptr } from 'bun:ffi';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import type { Walls } from '@thumbnail-api/renderer-protocol';
import { listAllowedPaths } from './allowed-paths.ts';
import type { Kernel } from './kernel.ts';
import { findLandlock, restrictPaths } from './landlock.ts';
import { dropCapabilities, forbidNewPrivileges } from './prctl.ts';
import { filterSystemCalls, hasSeccomp } from './seccomp.ts';
import { listSyscallRules } from './syscall-rules.ts';

const setDescriptorFlags = 2;
const closeOnExec = 1;
const emptyPath = 0x1000;

/** Finds out which walls a kernel offers; null is another system. */
export const findWalls = (kernel: Kernel | null): Walls =>
  kernel ? { landlock: findLandlock(kernel), seccomp: hasSeccomp(kernel) } : { landlock: 0, seccomp: false };

/**
 * Builds the walls that the kernel offers around this thread, then turns this process into Bun with `args`, its environment
 * and its first three descriptors. All threads of the new program are behind the walls. A renderer that already runs has
 * threads that would stay outside.
 *
 * @throws Error if a wall that the kernel offers cannot be built, or Bun cannot be started
 */
export function launch(kernel: Kernel, args: string[]): never {
  const walls = findWalls(kernel);
  const environment = readFileSync('/proc/self/environ', 'utf8').split('\0').filter(Boolean);
  const paths = listAllowedPaths();
  const program = openSync(process.execPath, 'r');
  closeDescriptors(kernel);
  forbidNewPrivileges(kernel);
  dropCapabilities(kernel);
  if (walls.landlock > 0) restrictPaths(kernel, walls.landlock, paths);
  if (walls.seccomp) filterSystemCalls(kernel, listSyscallRules({ pid: process.pid, program }));
  const [argv, envp] = [toStrings([process.execPath, ...args]), toStrings(environment)];
  const result = kernel.call('execveat', program, toText(''), argv.pointers, envp.pointers, emptyPath);
  throw new Error(`Bun could not be started: error number ${-result}`);
}

/** Closes all descriptors but the first three at the next execve: walls do not close what is open. */
function closeDescriptors({ call }: Kernel): void {
  for (const name of readdirSync('/proc/self/fd'))
    if (Number(name) > 2) call('fcntl', Number(name), setDescriptorFlags, closeOnExec);
}

const toText = (text: string) => Buffer.from(`${text}\0`);

/** Returns an array of C strings that ends with null. Keep it reachable while it is used. */
function toStrings(texts: string[]) {
  const buffers = texts.map(toText);
  return { buffers, pointers: new BigUint64Array([...buffers.map((buffer) => BigInt(ptr(buffer))), 0n]) };
}
