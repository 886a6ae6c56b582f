import type { Environment } from '@thumbnail-api/config';

/** How to start a child process. */
export interface ChildPlan {
  /** Its name in messages, such as `The API`. */
  name: string;
  command: string[];
  environment: Environment;
  /** Its working directory. */
  directory: string;
}

/** A running child process. It leads its own process group. */
export interface Child {
  pid: number;
  /**
   * Resolves when the child has exited. `description` completes "it exited …".
   * A signal gives an exit code of 128 or more.
   */
  exited: Promise<{ description: string; exitCode: number }>;
  /** Sends SIGTERM to the child alone. */
  terminate(): void;
  /** Kills the child and all its descendants with SIGKILL. */
  kill(): void;
}

/**
 * Starts a child in its own session, so that Ctrl-C in the terminal does not reach it.
 *
 * Its output goes to standard error. When this process dies, even by SIGKILL, the IPC channel closes, and the child shuts
 * down on its `disconnect` event. When the child exits, its remaining descendants are killed.
 */
export function spawnChild(plan: ChildPlan): Child {
  const child = Bun.spawn(plan.command, {
    cwd: plan.directory,
    env: plan.environment,
    detached: true,
    stdio: ['ignore', 2, 2],
    ipc: () => undefined,
  });
  const send = (pid: number, signal: NodeJS.Signals) => {
    try {
      process.kill(pid, signal);
    } catch {
      // The process has already exited.
    }
  };
  const kill = () => send(-child.pid, 'SIGKILL');
  const exited = child.exited.then((exitCode) => {
    kill();
    const description = child.signalCode ? `on ${child.signalCode}` : `with status ${exitCode}`;
    return { description, exitCode };
  });
  return { pid: child.pid, exited, terminate: () => send(child.pid, 'SIGTERM'), kill };
}
