import { waitUntil } from '@thumbnail-api/testing';
import { type App, startApp } from '@thumbnail-api/testing/processes';
import type { Servers } from './start-servers.ts';

/** An API and workers. */
export interface Service {
  api: App;
  workers: App[];
  /** The renderers are children of these processes. */
  workerPids: number[];
  close(): Promise<void>;
}

/** Which apps to start. */
export interface ServiceOptions {
  workers: number;
  /** Renderers of each worker. Default: as the worker sets it. */
  concurrency?: number;
  /** Default: the worker's main.ts. */
  workerProgram?: string;
}

const readyDeadlineMs = 30_000;

/** Starts an API and workers, and waits until they are ready. The caller closes them. */
export async function startService({ environment }: Servers, options: ServiceOptions): Promise<Service> {
  const { workers: count, concurrency, workerProgram = 'apps/backend-worker/src/main.ts' } = options;
  const api = await startApp({ program: 'apps/backend-api/src/main.ts', portVariable: 'PORT', environment });
  const variables = { ...environment, ...(concurrency && { WORKER_CONCURRENCY: String(concurrency) }) };
  const start = () => startApp({ program: workerProgram, portVariable: 'WORKER_PORT', environment: variables });
  const workers = await Promise.all(Array.from({ length: count }, start));
  const apps = [api, ...workers];
  for (const app of apps)
    await waitUntil('an app is ready', async () => (await app.health('ready')) === 200, readyDeadlineMs);
  return {
    api,
    workers,
    workerPids: workers.map(({ pid }) => pid),
    close: async () => {
      await Promise.all(apps.map((app) => app.kill()));
    },
  };
}
