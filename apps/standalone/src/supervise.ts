import { setTimeout as sleep } from 'node:timers/promises';
import { configExitCode } from '@thumbnail-api/config';
import { type Child, type ChildPlan, spawnChild } from './spawn-child.ts';

/** How soon a child is restarted, and how long it may take to stop. */
export interface RestartPolicy {
  /** Pause before the first restart. It doubles with each restart, up to `longestPauseMs`. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** After a child has run this long, the pause starts at `firstPauseMs` again. */
  steadyMs: number;
  /** How long a child may take to exit after SIGTERM before it is killed. */
  stopDeadlineMs: number;
}

/** The restart policy of `bun start`. */
export const defaultRestartPolicy: RestartPolicy = {
  firstPauseMs: 200,
  longestPauseMs: 5_000,
  steadyMs: 10_000,
  stopDeadlineMs: 15_000,
};

/** A child process that is restarted when it exits. */
export interface SupervisedChild {
  /** Resolves when the child exits with status 78. It is not restarted then: its configuration is invalid. */
  misconfigured: Promise<void>;
  /**
   * Sends SIGTERM and waits until the child has exited. Kills it at the deadline, or once `forced` is aborted.
   * Idempotent.
   */
  stop(forced: AbortSignal): Promise<void>;
}

/** Starts a child and restarts it whenever it exits. `reportError` gets one line for each exit. */
export function supervise(
  plan: ChildPlan,
  policy: RestartPolicy,
  reportError: (line: string) => void,
): SupervisedChild {
  const stopping = new AbortController();
  const misconfigured = Promise.withResolvers<void>();
  let current: Child | undefined;

  const keepRunning = async () => {
    let pauseMs = policy.firstPauseMs;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      current = spawnChild(plan);
      const { description, exitCode } = await current.exited;
      if (stopping.signal.aborted) return;
      if (exitCode === configExitCode) return misconfigured.resolve();
      if (performance.now() - startedAt >= policy.steadyMs) pauseMs = policy.firstPauseMs;
      reportError(`${plan.name} exited ${description}. Restarting in ${pauseMs} ms.`);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, policy.longestPauseMs);
    }
  };
  const finished = keepRunning();

  const stop = async (forced: AbortSignal) => {
    stopping.abort();
    const kill = () => current?.kill();
    const timer = setTimeout(kill, policy.stopDeadlineMs);
    forced.addEventListener('abort', kill);
    if (forced.aborted) kill();
    current?.terminate();
    await finished;
    clearTimeout(timer);
    forced.removeEventListener('abort', kill);
  };
  return { misconfigured: misconfigured.promise, stop };
}
