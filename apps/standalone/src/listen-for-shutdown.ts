import { isatty } from 'node:tty';
import { findRunnerAncestors, hasLostNpm, watchProcesses } from './runner-ancestors.ts';
import { collectShutdownRequests, type ShutdownRequests } from './shutdown-requests.ts';

const runnerPollMs = 500;
/** Long enough for the children's supervisors to hear of it. */
const forcedExitMs = 50;

/**
 * Turns SIGINT, SIGTERM, a closed terminal and the end of a package runner above this process into requests to end.
 *
 * A person who insists ends the process with status 1. SIGHUP counts only where a terminal is attached: `bun run`
 * passes it on even under `nohup`.
 */
export function listenForShutdown(npmExecPath: string | undefined): ShutdownRequests {
  const shutdown = collectShutdownRequests();
  process.on('SIGINT', () => shutdown.signal('SIGINT'));
  process.on('SIGTERM', () => shutdown.signal('SIGTERM'));
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  process.on('SIGHUP', () => (hasTerminal ? shutdown.signal('SIGHUP') : undefined));
  shutdown.forced.addEventListener('abort', () => setTimeout(() => process.exit(1), forcedExitMs));
  const ancestors = findRunnerAncestors(process.ppid);
  const end = () => shutdown.request('the command that started this has gone');
  if (hasLostNpm(ancestors, npmExecPath)) end();
  else watchProcesses(ancestors.runners, end, { pollMs: runnerPollMs });
  return shutdown;
}
