import { dlopen } from 'bun:ffi';

const setDumpable = 4;
const libraries = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`];
const functions = { prctl: { args: ['int', 'u64', 'u64', 'u64', 'u64'], returns: 'int' } } as const;

/**
 * Keeps other processes of the same user from reading the memory and the environment of this one, which contain secrets, and
 * from debugging it. It also turns off core dumps. Does nothing on systems other than Linux. Its children are not affected.
 */
export function hideMemory(): void {
  if (process.platform !== 'linux') return;
  for (const library of libraries) {
    try {
      dlopen(library, functions).symbols.prctl(setDumpable, 0, 0, 0, 0);
      return;
    } catch {
      // This system has the other C library.
    }
  }
}
