import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PathUse } from './landlock.ts';

const root = join(import.meta.dirname, '../../../..');

/**
 * Returns the only paths that a renderer may open. It may write none, and start nothing but Bun, which is how it starts
 * itself.
 */
export function listAllowedPaths(): [path: string, use: PathUse][] {
  const mapped = listMappedLibraries();
  const read = [
    ...new Set(mapped.map(dirname)),
    ...['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib', '/etc/ld.so.cache'],
    ...['/usr/share/fonts', '/usr/local/share/fonts', '/dev/urandom'],
    // Where Bun finds the bounds of its stack, and its limits of memory and cores.
    ...['/proc/self/maps', '/proc/self/statm', '/proc/self/cgroup', '/sys/devices/system/cpu/online'],
    // Not the root of the repository, which can contain `.env` and the data of `bun start`.
    ...['apps/renderer', 'packages', 'node_modules', 'package.json', 'tsconfig.json'].map((name) => join(root, name)),
  ];
  const loaders = mapped.filter((path) => /\/ld-[^/]+$/.test(path));
  return [
    ...[process.execPath, ...loaders].map((path) => [path, 'execute'] as [string, PathUse]),
    ...read.map((path) => [path, 'read'] as [string, PathUse]),
    ['/dev/null', 'write'],
  ];
}

/** Returns the shared libraries of this process, the dynamic loader among them. They are not in `/lib` on every system. */
function listMappedLibraries(): string[] {
  const paths = readFileSync('/proc/self/maps', 'utf8').matchAll(/ (\/\S+\.so(?:\.\d+)*)$/gm);
  return [...new Set(Array.from(paths, ([, path = '']) => path))];
}
