import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@thumbnail-api/testing';
import { type App, spawnApp } from '@thumbnail-api/testing/processes';

/** The service as `bun start` runs it, with its embedded servers. */
export interface Embedded extends App {
  /** Time from the start of the command until API and worker were ready. */
  startMs: number;
  /** Stops the service, and removes its data unless the caller gave a directory. */
  close(): Promise<void>;
}

const readyDeadlineMs = 60_000;

/** Starts the service and waits until it is ready. Its data is in `dataDirectory`, or in a new directory. */
export async function startEmbedded(dataDirectory?: string): Promise<Embedded> {
  const directory = dataDirectory ?? (await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-')));
  const workerPort = await findFreePort();
  const environment = { DATA_DIR: directory, WORKER_PORT: String(workerPort) };
  const startedAt = performance.now();
  const app = await spawnApp({ program: 'apps/standalone/src/main.ts', portVariable: 'PORT', environment });
  for (const url of [app.url, `http://127.0.0.1:${workerPort}`])
    await waitUntilReady(`${url}/health/ready`, startedAt + readyDeadlineMs);
  const startMs = performance.now() - startedAt;
  return {
    ...app,
    startMs,
    async close() {
      app.signal('SIGTERM');
      await app.exited;
      if (!dataDirectory) await rm(directory, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string, end: number): Promise<void> {
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > end) throw new Error(`${url} is not ready`);
    // Short, because the result cannot be more exact than this.
    await Bun.sleep(5);
  }
}
