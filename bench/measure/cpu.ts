import { readdirSync, readFileSync } from 'node:fs';

/** Length of a kernel tick: USER_HZ is 100 on every Linux platform that Bun supports. */
const tickMs = 10;

/**
 * Returns the CPU time that processes and their descendants have used since their start, in milliseconds, in steps of 10.
 *
 * A process that has exited counts for the parent that waited for it.
 */
export function readCpuMs(pids: readonly number[]): number {
  const all = readProcesses();
  const wanted = new Set(pids);
  // A child may be listed before its parent, so the search repeats until it finds no more processes.
  for (let before = 0; before < wanted.size; ) {
    before = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  return all.filter(({ pid }) => wanted.has(pid)).reduce((sum, { ticks }) => sum + ticks * tickMs, 0);
}

function readProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(name) ?? []);
}

function readStat(name: string) {
  try {
    // The program name is in brackets and may contain brackets.
    const [, ...fields] = readFileSync(`/proc/${name}/stat`, 'latin1').split(/\) (?=[A-Z] )/);
    const [, parent, ...rest] = fields.join('').split(' ');
    const ticks = rest.slice(9, 13).reduce((sum, field) => sum + Number(field), 0);
    return { pid: Number(name), parent: Number(parent), ticks };
  } catch {
    return null;
  }
}
