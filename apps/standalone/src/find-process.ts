import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, with enough facts to recognise it later. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  /** Its command line, split at white space. */
  words: string[];
  /** Start time. It distinguishes the process from a later one with the same id. */
  startedAt: string;
}

/** Finds a process by its id. Returns null if there is none or it is a zombie. */
export function findProcess(pid: number): ProcessFacts | null {
  try {
    return process.platform === 'linux' ? readProc(pid) : runPs(pid);
  } catch {
    return null;
  }
}

function readProc(pid: number): ProcessFacts | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field, the name, may contain spaces and brackets. The other fields follow the last bracket: proc(5).
  const [state, parent, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return { pid, parent: Number(parent), words: toWords(words.join(' ')), startedAt: fields[17] ?? '' };
}

function runPs(pid: number): ProcessFacts | null {
  const format = ['ppid=', 'stat=', 'lstart=', 'command='].flatMap((field) => ['-o', field]);
  const { stdout } = spawnSync('ps', ['-ww', ...format, '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } });
  // lstart has five words: Fri Nov 20 21:00:00 2026.
  const [parent, state, ...rest] = toWords(stdout);
  if (!parent || state?.startsWith('Z')) return null;
  return { pid, parent: Number(parent), words: rest.slice(5), startedAt: rest.slice(0, 5).join(' ') };
}

const toWords = (text: string) => text.split(/\s+/).filter((word) => word !== '');
