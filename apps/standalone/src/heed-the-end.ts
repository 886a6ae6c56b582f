import { findRunnerAncestors, watchProcesses } from './runner-ancestors.ts';
import { collectShutdownRequests, type ShutdownRequests } from './shutdown-requests.ts';

const runnerPollMs = 500;
/** Long enough for the children's supervisors to hear of it. */
const forcedExitMs = 50;

/**
 * Turns SIGINT, SIGTERM and the end of a package runner above this process into requests to end.
 *
 * A person who insists ends the process with status 1. SIGHUP is left as it is, so that `nohup` works.
 */
export function heedTheEnd(): ShutdownRequests {
  const shutdown = collectShutdownRequests();
  process.on('SIGINT', () => shutdown.signal('SIGINT'));
  process.on('SIGTERM', () => shutdown.signal('SIGTERM'));
  shutdown.forced.addEventListener('abort', () => setTimeout(() => process.exit(1), forcedExitMs));
  const runners = findRunnerAncestors(process.ppid);
  watchProcesses(runners, () => shutdown.request('the command that started this has gone'), { pollMs: runnerPollMs });
  return shutdown;
}
