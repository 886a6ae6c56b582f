import { waitUntil } from '@thumbnail-api/testing';
import { type App, startApp } from '@thumbnail-api/testing/processes';
import type { Servers } from './start-servers.ts';

/** Apps that run on the servers. */
export interface Service {
  api: App;
  workers: App[];
  /** CPU of the workers with their renderers counts by these. */
  workerPids: number[];
  close(): Promise<void>;
}

/** What is started. */
export interface ServiceOptions {
  workers: number;
  /** Of each worker. */
  concurrency?: number;
  /** Another program than the one that users run. */
  workerProgram?: string;
}

const startMs = 30_000;

/** Starts an API and workers, and returns when they are ready. Whoever starts them closes them. */
export async function startService({ environment }: Servers, options: ServiceOptions): Promise<Service> {
  const { workers: count, concurrency, workerProgram = 'apps/backend-worker/src/main.ts' } = options;
  const api = await startApp({ program: 'apps/backend-api/src/main.ts', portVariable: 'PORT', environment });
  const words = { ...environment, ...(concurrency && { WORKER_CONCURRENCY: String(concurrency) }) };
  const start = () => startApp({ program: workerProgram, portVariable: 'WORKER_PORT', environment: words });
  const workers = await Promise.all(Array.from({ length: count }, start));
  const apps = [api, ...workers];
  for (const app of apps) await waitUntil('an app is ready', async () => (await app.health('ready')) === 200, startMs);
  return {
    api,
    workers,
    workerPids: workers.map(({ pid }) => pid),
    close: async () => {
      await Promise.all(apps.map((app) => app.kill()));
    },
  };
}
