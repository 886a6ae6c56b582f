import type { App } from '@thumbnail-api/testing/processes';

/** An app that is started again whenever it ends, as an orchestrator would. */
export interface KeptApp {
  current(): App;
  /** Starts so far beyond the first. */
  restarts(): number;
  /** Lets it end for good. */
  release(): void;
}

/** Starts an app and keeps it running. */
export async function keepApp(start: () => Promise<App>): Promise<KeptApp> {
  let app = await start();
  let restarts = 0;
  let released = false;
  const keep = async () => {
    while (!released) {
      await app.exited;
      if (released) return;
      restarts += 1;
      // One that cannot start while a part is away is tried again.
      app = await start().catch(() => app);
      await Bun.sleep(100);
    }
  };
  keep().catch(() => undefined);
  return {
    current: () => app,
    restarts: () => restarts,
    release: () => {
      released = true;
    },
  };
}
