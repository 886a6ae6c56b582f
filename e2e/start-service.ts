import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './wait-until.ts';

/** A service that was started with `bun start`. */
export interface Service {
  /** Of the API, with a slash at the end. */
  url: string;
  /** Of the worker's health and metrics. */
  workerUrl: string;
  /** Of the parent process, which runs API and worker as children. */
  pid: number;
  /** Directory of the embedded object store. */
  objects: string;
  /** Sends SIGINT, as Ctrl-C does, and returns the exit code. */
  stop(): Promise<number>;
}

const main = join(import.meta.dirname, '../apps/standalone/src/main.ts');
const readyDeadlineMs = 110_000;

/**
 * Starts the service on free ports with its own data directory, and waits until its API and its worker are ready. `environment` may name other
 * servers than the embedded ones. The caller stops it.
 *
 * @throws Error with what it wrote to stderr when it does not become ready
 */
export async function startService(environment: Record<string, string>): Promise<Service> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-e2e-'));
  const port = await findFreePort();
  const workerPort = await findFreePort();
  const errors = Bun.file(join(directory, 'errors'));
  const child = Bun.spawn([process.execPath, '--no-env-file', main], {
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: directory,
      DATA_DIR: join(directory, 'data'),
      PORT: String(port),
      WORKER_PORT: String(workerPort),
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdin: 'ignore',
    stdout: Bun.file(join(directory, 'output')),
    stderr: errors,
  });
  const url = `http://127.0.0.1:${port}/`;
  const stop = async () => {
    child.kill('SIGINT');
    const code = await child.exited;
    await rm(directory, { recursive: true, force: true });
    return code;
  };
  const workerUrl = `http://127.0.0.1:${workerPort}/`;
  const areReady = async () => (await fetch(`${url}health/ready`)).ok && (await fetch(`${workerUrl}health/ready`)).ok;
  const settled = async () => child.exitCode !== null || (await areReady());
  const isReady = await waitUntil('the service is ready or has exited', settled, readyDeadlineMs).then(
    () => child.exitCode === null,
    () => false,
  );
  if (!isReady) {
    const text = await errors.text();
    await stop();
    throw new Error(`the service did not start: ${text}`);
  }
  return { url, workerUrl, pid: child.pid, objects: join(directory, 'data/objects'), stop };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
