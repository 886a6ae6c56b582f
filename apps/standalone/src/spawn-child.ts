import type { Environment } from '@thumbnail-api/config';

/** A program that is started as a child. */
export interface ChildPlan {
  /** What a person calls it: `The API`. */
  name: string;
  command: string[];
  environment: Environment;
  /** Its working directory. */
  directory: string;
}

/** A running child that leads a process group of its own. */
export interface Child {
  pid: number;
  /** How it ended, in words and as an exit status (128 and more for a signal), once it has. */
  ended: Promise<{ words: string; exitCode: number }>;
  /** Asks the child itself. */
  terminate(): void;
  /** Ends it and everything it started, at once. */
  kill(): void;
}

/**
 * Starts a child in a session of its own, so that no terminal's Ctrl-C reaches it.
 *
 * The channel between the two closes when this process dies, however it dies: the child hears `disconnect` and ends by
 * itself. Its output goes to standard error. Whatever the child leaves behind is killed when it has ended.
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
      // It has ended already.
    }
  };
  const kill = () => send(-child.pid, 'SIGKILL');
  const ended = child.exited.then((exitCode) => {
    kill();
    const words = child.signalCode ? `by ${child.signalCode}` : `with exit status ${exitCode}`;
    return { words, exitCode };
  });
  return { pid: child.pid, ended, terminate: () => send(child.pid, 'SIGTERM'), kill };
}
