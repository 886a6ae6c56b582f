import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One process, as far as is needed to recognise it again. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  /** The words of its command line. */
  words: string[];
  /** Tells it from a later process with the same id. */
  startedAt: string;
}

/** Looks a process up; null when there is none, or it has ended and only waits for its parent to notice. */
export function findProcess(pid: number): ProcessFacts | null {
  try {
    return process.platform === 'linux' ? readProc(pid) : askPs(pid);
  } catch {
    return null;
  }
}

function readProc(pid: number): ProcessFacts | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in the second field may hold spaces and brackets: proc(5) counts on from the last bracket.
  const [state, parent, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return { pid, parent: Number(parent), words: toWords(words.join(' ')), startedAt: fields[17] ?? '' };
}

function askPs(pid: number): ProcessFacts | null {
  const format = ['ppid=', 'stat=', 'lstart=', 'command='].flatMap((field) => ['-o', field]);
  const { stdout } = spawnSync('ps', ['-ww', ...format, '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } });
  // lstart is five words: Fri Nov 20 21:00:00 2026.
  const [parent, state, ...rest] = toWords(stdout);
  if (!parent || state?.startsWith('Z')) return null;
  return { pid, parent: Number(parent), words: rest.slice(5), startedAt: rest.slice(0, 5).join(' ') };
}

const toWords = (text: string) => text.split(/\s+/).filter((word) => word !== '');
