import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@thumbnail-api/testing';
import { type App, spawnApp } from '@thumbnail-api/testing/processes';

/** The one command with nothing but its own parts. */
export interface Embedded extends App {
  /** From the command until API and worker were ready, in milliseconds. */
  startMs: number;
  /** Ends it in order, and leaves its data. */
  stop(): Promise<void>;
  /** Ends it and removes its data, unless they were given. */
  close(): Promise<void>;
}

const readyMs = 60_000;

/** Starts what `bun start` starts, on a directory of its own unless one is given, and returns when it is ready. */
export async function startEmbedded(dataDirectory?: string): Promise<Embedded> {
  const directory = dataDirectory ?? (await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-')));
  const workerPort = await findFreePort();
  const environment = { DATA_DIR: directory, WORKER_PORT: String(workerPort) };
  const began = performance.now();
  const app = await spawnApp({ program: 'apps/standalone/src/main.ts', portVariable: 'PORT', environment });
  for (const url of [app.url, `http://127.0.0.1:${workerPort}`])
    await untilReady(`${url}/health/ready`, began + readyMs);
  const startMs = performance.now() - began;
  const stop = async () => {
    app.signal('SIGTERM');
    await app.exited;
  };
  return {
    ...app,
    startMs,
    stop,
    async close() {
      await stop();
      if (!dataDirectory) await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, end: number): Promise<void> {
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > end) throw new Error(`${url} is not ready`);
    // Looked at often: what is measured must not be rounded up by the looking.
    await Bun.sleep(5);
  }
}
