import { configExitCode } from '@thumbnail-api/config';
import { type Child, type ChildPlan, spawnChild } from './spawn-child.ts';

/** How patient a supervisor is. */
export interface RestartPolicy {
  /** Pause before the first restart; it doubles up to the longest. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** A child that lived this long starts again with the first pause. */
  steadyMs: number;
  /** How long a child may take to end before it is killed. */
  stopMs: number;
}

/** The patience of the real thing. */
export const defaultRestartPolicy: RestartPolicy = {
  firstPauseMs: 200,
  longestPauseMs: 5_000,
  steadyMs: 10_000,
  stopMs: 15_000,
};

/** A child that is started again when it dies. */
export interface SupervisedChild {
  /** Resolves when the child says that its configuration cannot be used: starting it again would not help. */
  misconfigured: Promise<void>;
  /** Stops it for good: SIGTERM, and SIGKILL once patience is over or `forced` is aborted. Idempotent. */
  stop(forced: AbortSignal): Promise<void>;
}

/** Starts a child and keeps it running; `say` hears one line for each death. */
export function supervise(plan: ChildPlan, patience: RestartPolicy, say: (line: string) => void): SupervisedChild {
  const stopping = Promise.withResolvers<true>();
  const misconfigured = Promise.withResolvers<void>();
  let isStopping = false;
  let current: Child | undefined;

  const keep = async () => {
    let pauseMs = patience.firstPauseMs;
    while (!isStopping) {
      const startedMs = performance.now();
      current = spawnChild(plan);
      const { words, exitCode } = await current.ended;
      if (isStopping) return;
      if (exitCode === configExitCode) return misconfigured.resolve();
      if (performance.now() - startedMs >= patience.steadyMs) pauseMs = patience.firstPauseMs;
      say(`${plan.name} ended ${words}; starting it again in ${pauseMs} ms.`);
      await Promise.race([Bun.sleep(pauseMs), stopping.promise]);
      pauseMs = Math.min(pauseMs * 2, patience.longestPauseMs);
    }
  };
  const kept = keep();

  const stop = async (forced: AbortSignal) => {
    isStopping = true;
    stopping.resolve(true);
    const kill = () => current?.kill();
    const timer = setTimeout(kill, patience.stopMs);
    forced.addEventListener('abort', kill);
    if (forced.aborted) kill();
    current?.terminate();
    await kept;
    clearTimeout(timer);
    forced.removeEventListener('abort', kill);
  };
  return { misconfigured: misconfigured.promise, stop };
}
