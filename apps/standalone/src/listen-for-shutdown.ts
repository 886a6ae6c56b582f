import { isatty } from 'node:tty';
import { collectShutdownRequests, type ShutdownRequests } from './collect-shutdown-requests.ts';
import { findRunnerAncestors, hasLostNpm, watchProcesses } from './find-runner-ancestors.ts';

const runnerPollMs = 500;
/** Leaves time to kill the children. */
const forcedExitMs = 50;

/**
 * Listens for shutdown requests: SIGINT, SIGTERM, SIGHUP, and the exit of the package runner that started this process.
 *
 * A forced shutdown ends the process with status 1. SIGHUP counts only if a terminal is attached, because `bun run`
 * forwards it even under `nohup`.
 */
export function listenForShutdown(npmExecPath: string | undefined): ShutdownRequests {
  const shutdown = collectShutdownRequests();
  process.on('SIGINT', () => shutdown.signal('SIGINT'));
  process.on('SIGTERM', () => shutdown.signal('SIGTERM'));
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  process.on('SIGHUP', () => (hasTerminal ? shutdown.signal('SIGHUP') : undefined));
  shutdown.forced.addEventListener('abort', () => setTimeout(() => process.exit(1), forcedExitMs));
  const ancestors = findRunnerAncestors(process.ppid);
  const onRunnerExit = () => shutdown.request('the package runner exited');
  if (hasLostNpm(ancestors, npmExecPath)) onRunnerExit();
  else watchProcesses(ancestors.runners, onRunnerExit, { pollMs: runnerPollMs });
  return shutdown;
}
