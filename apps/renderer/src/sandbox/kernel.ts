import { dlopen, type Pointer, ptr, read } from 'bun:ffi';
import { type SyscallName, syscallNumbers } from './syscall-numbers.ts';

/** The system calls of this machine, called from this thread. */
export interface Kernel {
  /** Makes a system call. Returns its result, or the error number as a negative number. */
  call: (name: SyscallName, ...args: (number | NodeJS.TypedArray)[]) => number;
  /** Returns the number of a system call; undefined if this machine does not have it. */
  numberOf: (name: SyscallName) => number | undefined;
}

const word = 'i64';
const glibc = 'libc.so.6';
const musl = { x64: 'libc.musl-x86_64.so.1', arm64: 'libc.musl-aarch64.so.1' };

/** Opens the system calls of Linux on x86-64 and arm64. Returns null on other machines. */
export function openKernel(): Kernel | null {
  const { platform, arch } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) return null;
  const { syscall, errorNumber } = openLibc(musl[arch]);
  const numberOf = (name: SyscallName) => syscallNumbers[name][arch === 'x64' ? 0 : 1] ?? undefined;
  return {
    numberOf,
    call(name, ...args) {
      const words = args.map((arg) => (typeof arg === 'number' ? arg : ptr(arg)));
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = words;
      const result = Number(syscall(numberOf(name) ?? -1, a, b, c, d, e, f));
      return result < 0 ? -errorNumber() : result;
    },
  };
}

function openLibc(muslName: string) {
  const functions = {
    syscall: { args: [word, word, word, word, word, word, word], returns: word },
    __errno_location: { args: [], returns: 'ptr' },
  } as const;
  const open = () => {
    try {
      return dlopen(glibc, functions);
    } catch {
      return dlopen(muslName, functions);
    }
  };
  const { syscall, __errno_location } = open().symbols;
  const location = __errno_location() as Pointer;
  return { syscall, errorNumber: () => read.i32(location) };
}

/** Throws an Error that names the call if `result` is an error number. */
export function assertCall(name: string, result: number): number {
  if (result < 0) throw new Error(`${name} failed with error number ${-result}`);
  return result;
}
