import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in ticks of this many milliseconds, wherever Linux runs (USER_HZ). */
const tickMs = 10;

/**
 * The CPU time that processes and all that they started have used so far, in milliseconds, in steps of 10 ms.
 *
 * What has ended counts with the parent that waited for it.
 */
export function readCpuMs(pids: readonly number[]): number {
  const all = readProcesses();
  const wanted = new Set(pids);
  // A child has a higher place than its parent only by chance, so it is looked for until nobody is found any more.
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
    // The name of the program is in brackets and may hold anything, brackets too.
    const [, ...fields] = readFileSync(`/proc/${name}/stat`, 'latin1').split(/\) (?=[A-Z] )/);
    const [, parent, ...rest] = fields.join('').split(' ');
    const ticks = rest.slice(9, 13).reduce((sum, field) => sum + Number(field), 0);
    return { pid: Number(name), parent: Number(parent), ticks };
  } catch {
    return null;
  }
}
