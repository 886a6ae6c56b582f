import type { App } from '@thumbnail-api/testing/processes';

/** An app that is started again when it exits, as an orchestrator does. */
export interface SupervisedApp {
  /** The process that runs now, or the last one. */
  current(): App;
  /** Number of starts after the first. */
  restarts(): number;
  /** Kills it and does not restart it until `resume`. */
  stop(): Promise<void>;
  resume(): void;
  /** Stops restarting it. */
  release(): void;
}

/** Starts an app and restarts it until it is released. */
export async function superviseApp(start: () => Promise<App>): Promise<SupervisedApp> {
  let app = await start();
  let starting: Promise<unknown> = Promise.resolve();
  let restarts = 0;
  let state: 'running' | 'stopped' | 'released' = 'running';
  const startAgain = async () => {
    restarts += 1;
    // A start fails while a dependency is unavailable; the next round tries again.
    app = await start().catch(() => app);
  };
  const supervise = async () => {
    while (state !== 'released') {
      await app.exited;
      if (state === 'running') {
        starting = startAgain();
        await starting;
      }
      await Bun.sleep(100);
    }
  };
  supervise().catch(() => undefined);
  return {
    current: () => app,
    restarts: () => restarts,
    stop: async () => {
      state = 'stopped';
      await starting;
      app.signal('SIGKILL');
      await app.exited;
    },
    resume: () => {
      state = 'running';
    },
    release: () => {
      state = 'released';
    },
  };
}
