import type { App } from '@thumbnail-api/testing/processes';

/** An app that is started again when it exits, as an orchestrator does. */
export interface SupervisedApp {
  /** The process that runs now, or the last one. */
  current(): App;
  /** Number of starts after the first. */
  restarts(): number;
  /** Stops restarting it. */
  release(): void;
}

/** Starts an app and restarts it until it is released. */
export async function superviseApp(start: () => Promise<App>): Promise<SupervisedApp> {
  let app = await start();
  let restarts = 0;
  let isReleased = false;
  const supervise = async () => {
    while (!isReleased) {
      await app.exited;
      if (isReleased) return;
      restarts += 1;
      // A start fails while a dependency is unavailable; the next round tries again.
      app = await start().catch(() => app);
      await Bun.sleep(100);
    }
  };
  supervise().catch(() => undefined);
  return {
    current: () => app,
    restarts: () => restarts,
    release: () => {
      isReleased = true;
    },
  };
}
