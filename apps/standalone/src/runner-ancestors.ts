import { basename } from 'node:path';
import { findProcess, type ProcessFacts } from './process-facts.ts';

const runners = new Set(['bun', 'bun.exe', 'bunx', 'bunx.exe', 'npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'corepack']);
const runnerScripts = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(-cli)?(\.[cm]?js)?$/;
const npmScripts = /^np[mx](-cli\.[cm]?js)?$/;
const shells = new Set(['sh', 'ash', 'bash', 'dash', 'zsh']);

/** What stands above a process. */
export interface RunnerAncestors {
  /** The package runners and the shells between them, nearest first. */
  runners: ProcessFacts[];
  /** Has what is above them gone? The first process of the machine has taken them in. */
  areOrphans: boolean;
}

/**
 * Finds the package runners above a process: `npx` starts `sh -c`, which starts `bun`, which starts us.
 *
 * Climbs from `parent` for as long as the command lines are theirs. A shell counts only between two runners: the shell
 * or the script of the user, which may end while its background jobs go on, is never among them.
 */
export function findRunnerAncestors(
  parent: number,
  find: (pid: number) => ProcessFacts | null = findProcess,
): RunnerAncestors {
  const runners: ProcessFacts[] = [];
  let between: ProcessFacts[] = [];
  for (let next = find(parent); next; next = find(next.parent)) {
    if (isRunner(next.words)) {
      runners.push(...between, next);
      between = [];
    } else if (isRunnersShell(next.words) && between.length === 0) {
      between = [next];
    } else {
      break;
    }
  }
  const top = between.at(0) ?? runners.at(-1);
  return { runners, areOrphans: top?.parent === 1 };
}

/**
 * Had the npm that `npm_execpath` names gone before the climb began?
 *
 * While the packages are installed it can be killed, and the rest of its command goes on to start this.
 */
export function hasLostNpm({ runners, areOrphans }: RunnerAncestors, npmExecPath: string | undefined): boolean {
  const isNpm = (words: string[]) => words.some((word) => npmScripts.test(basename(word)));
  return areOrphans && isNpm([npmExecPath ?? '']) && !runners.some(({ words }) => isNpm(words.slice(0, 2)));
}

/** Looks every `pollMs` whether all of them live and calls `onGone` once when one does not; returns how to stop. */
export function watchProcesses(
  watched: ProcessFacts[],
  onGone: (gone: ProcessFacts) => void,
  options: { pollMs: number; find?: (pid: number) => ProcessFacts | null },
): () => void {
  const { pollMs, find = findProcess } = options;
  const timer = setInterval(() => {
    const gone = watched.find(({ pid, startedAt }) => find(pid)?.startedAt !== startedAt);
    if (!gone) return;
    clearInterval(timer);
    onGone(gone);
  }, pollMs);
  return () => clearInterval(timer);
}

function isRunner([program = '', script = '']: string[]): boolean {
  const name = basename(program);
  if (name === 'node' || name === 'nodejs') return runnerScripts.test(basename(script));
  return runners.has(name);
}

/** `sh -c "bun …"` or `sh -c "'bun' …"`, as runners start what they were told. */
function isRunnersShell([program = '', option = '', ...command]: string[]): boolean {
  if (!shells.has(basename(program).replace(/^-/, '')) || option !== '-c') return false;
  const first = command.find((word) => word !== '--') ?? '';
  return runners.has(basename(first.replaceAll(/['"]/g, '')));
}
