import { ptr } from 'bun:ffi';
import { ENOSYS } from './error-numbers.ts';
import { assertCall, type Kernel } from './kernel.ts';
import { newestSyscall } from './syscall-numbers.ts';
import type { Condition, SyscallRule } from './syscall-rules.ts';

const getSeccomp = 21;
const setSeccomp = 22;
const filterMode = 2;
/** Names of machines, as in `linux/audit.h`. */
const machines: Partial<Record<string, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** Instructions of a filter, as in `linux/bpf_common.h`. */
const code = { load: 0x20, jumpIfEqual: 0x15, jumpIfGreater: 0x25, and: 0x54, answer: 0x06 };
const verdict = { allow: 0x7fff0000, kill: 0x80000000, refuse: (errorNumber: number) => 0x00050000 | errorNumber };
/** Where the filter finds the call: its number, the machine, and the lower half of each argument. */
const offset = { number: 0, machine: 4, argument: (index: number) => 16 + 8 * index };

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number];

/** Says whether this kernel has filters for system calls. */
export const hasSeccomp = ({ call }: Kernel): boolean => call('prctl', getSeccomp, 0, 0, 0, 0) >= 0;

/** Applies `rules` to the system calls of this thread and of all that it starts. It needs `forbidNewPrivileges` before. */
export function filterSystemCalls(kernel: Kernel, rules: readonly SyscallRule[]): void {
  const program = assemble(kernel, rules);
  const filter = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(([operation, ifTrue, ifFalse, value], index) => {
    filter.setUint16(index * 8, operation, true);
    filter.setUint8(index * 8 + 2, ifTrue);
    filter.setUint8(index * 8 + 3, ifFalse);
    filter.setUint32(index * 8 + 4, value, true);
  });
  const bytes = new Uint8Array(filter.buffer);
  const header = new BigUint64Array([BigInt(program.length), BigInt(ptr(bytes))]);
  assertCall('PR_SET_SECCOMP', kernel.call('prctl', setSeccomp, filterMode, header, 0, 0));
}

/** A call of another machine's numbers kills the process; a call that is newer than the rules does not exist. */
function assemble(kernel: Kernel, rules: readonly SyscallRule[]): Instruction[] {
  return [
    [code.load, 0, 0, offset.machine],
    [code.jumpIfEqual, 1, 0, machines[process.arch] ?? 0],
    [code.answer, 0, 0, verdict.kill],
    [code.load, 0, 0, offset.number],
    [code.jumpIfGreater, 0, 1, newestSyscall],
    [code.answer, 0, 0, verdict.refuse(ENOSYS)],
    ...rules.flatMap((rule): Instruction[] => {
      const number = kernel.numberOf(rule.name);
      const body = assembleRule(rule);
      return number === undefined ? [] : [[code.jumpIfEqual, 0, body.length, number], ...body];
    }),
    [code.answer, 0, 0, verdict.allow],
  ];
}

function assembleRule({ conditions, refusal }: SyscallRule): Instruction[] {
  const checks = conditions.flatMap((condition) => assembleCondition(condition, refusal));
  return [...checks, [code.answer, 0, 0, conditions.length > 0 ? verdict.allow : verdict.refuse(refusal)]];
}

/** Answers with the refusal unless the condition holds. The argument is an int for every call that is named here. */
function assembleCondition({ argument, mask, values, isRefused = false }: Condition, refusal: number): Instruction[] {
  const toNext = (index: number) => values.length - index;
  return [
    [code.load, 0, 0, offset.argument(argument)],
    ...(mask === undefined ? [] : [[code.and, 0, 0, mask] as Instruction]),
    ...values.map((value, index): Instruction => {
      const isLast = index === values.length - 1;
      // The refusal follows the last comparison.
      const [onMatch, otherwise] = isRefused ? [toNext(index) - 1, isLast ? 1 : 0] : [toNext(index), 0];
      return [code.jumpIfEqual, onMatch, otherwise, value];
    }),
    [code.answer, 0, 0, verdict.refuse(refusal)],
  ];
}
