import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The service, started by its one command. */
export interface Service {
  url: string;
  /** Of the worker, which has health and metrics alone. */
  workerUrl: string;
  /** Of the first process. */
  pid: number;
  /** Where the embedded parts keep what is sent. */
  objects: string;
  /** Ends it as Ctrl-C would and gives its exit code. */
  stop(): Promise<number>;
}

const main = join(import.meta.dirname, '../apps/standalone/src/main.ts');
const readyDeadlineMs = 60_000;

/** Starts the service on free ports with data of its own; `environment` names real parts. Whoever starts it stops it. */
export async function startService(environment: Record<string, string>): Promise<Service> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-e2e-'));
  const port = await findFreePort();
  const workerPort = await findFreePort();
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
    stderr: Bun.file(join(directory, 'errors')),
  });
  const url = `http://127.0.0.1:${port}/`;
  const stop = async () => {
    child.kill('SIGINT');
    const code = await child.exited;
    await rm(directory, { recursive: true, force: true });
    return code;
  };
  const end = performance.now() + readyDeadlineMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > end) {
      const errors = await Bun.file(join(directory, 'errors')).text();
      await stop();
      throw new Error(`the service did not start: ${errors}`);
    }
    await Bun.sleep(100);
  }
  const workerUrl = `http://127.0.0.1:${workerPort}/`;
  return { url, workerUrl, pid: child.pid, objects: join(directory, 'data/objects'), stop };
}

const isReady = (url: string) =>
  fetch(`${url}health/ready`).then(
    (response) => response.ok,
    () => false,
  );

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
