import { basename } from 'node:path';
import { findProcess, type ProcessFacts } from './find-process.ts';

const runners = new Set(['bun', 'bun.exe', 'bunx', 'bunx.exe', 'npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'corepack']);
const runnerScripts = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(-cli)?(\.[cm]?js)?$/;
const npmScripts = /^np[mx](-cli\.[cm]?js)?$/;
const shells = new Set(['sh', 'ash', 'bash', 'dash', 'zsh']);

/** The package runners above a process. */
export interface RunnerAncestors {
  /** The runners and the shells between them, nearest first. */
  runners: ProcessFacts[];
  /** Whether the topmost of them has lost its parent, so that process 1 is its parent now. */
  areOrphans: boolean;
}

/**
 * Finds the package runners above a process: `npx` starts `sh -c`, which starts `bun`, which starts this process.
 *
 * Goes up from `parent` while the command lines are those of runners. A shell counts only between two runners. The
 * user's own shell or script never counts, because it may exit while its background jobs continue.
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
 * Returns whether the npm in `npm_execpath` exited before this process looked for it.
 *
 * npm can be killed during `bun install`. The rest of its command line then continues and starts this process.
 */
export function hasLostNpm({ runners, areOrphans }: RunnerAncestors, npmExecPath: string | undefined): boolean {
  const isNpm = (words: string[]) => words.some((word) => npmScripts.test(basename(word)));
  return areOrphans && isNpm([npmExecPath ?? '']) && !runners.some(({ words }) => isNpm(words.slice(0, 2)));
}

/**
 * Checks every `pollMs` that all processes are alive, and calls `onExit` once when one is not.
 *
 * Returns a function that stops it.
 */
export function watchProcesses(
  watched: ProcessFacts[],
  onExit: (exited: ProcessFacts) => void,
  options: { pollMs: number; find?: (pid: number) => ProcessFacts | null },
): () => void {
  const { pollMs, find = findProcess } = options;
  const timer = setInterval(() => {
    const exited = watched.find(({ pid, startedAt }) => find(pid)?.startedAt !== startedAt);
    if (!exited) return;
    clearInterval(timer);
    onExit(exited);
  }, pollMs);
  return () => clearInterval(timer);
}

function isRunner([program = '', script = '']: string[]): boolean {
  const name = basename(program);
  if (name === 'node' || name === 'nodejs') return runnerScripts.test(basename(script));
  return runners.has(name);
}

/** Matches `sh -c "bun …"` and `sh -c "'bun' …"`, which is how runners start a command. */
function isRunnersShell([program = '', option = '', ...command]: string[]): boolean {
  if (!shells.has(basename(program).replace(/^-/, '')) || option !== '-c') return false;
  const first = command.find((word) => word !== '--') ?? '';
  return runners.has(basename(first.replaceAll(/['"]/g, '')));
}
