import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../free-port.ts';
import { waitUntil } from '../wait-until.ts';

/** A running API or worker. */
export interface App {
  url: string;
  pid: number;
  signal(name: NodeJS.Signals): void;
  /** Its exit status, 128 and more for a signal, once it has ended. */
  exited: Promise<number>;
  /** Kills it as a power cut would. */
  kill(): Promise<void>;
  /** What it wrote so far. */
  output(): Promise<string>;
  /** Process ids of its children: the renderers of a worker. */
  children(): Promise<number[]>;
  /** What a health address answers; 0 when nobody does. */
  health(path: 'live' | 'ready'): Promise<number>;
}

/** How it is started. */
export interface AppStart {
  program: string;
  environment: Record<string, string>;
  /** Variable that takes its port. */
  portVariable: string;
}

const root = join(import.meta.dirname, '../../../..');
const aliveDeadlineMs = 120_000;

/** Starts a program and does not wait for it. */
export async function spawnApp({ program, environment, portVariable }: AppStart): Promise<App> {
  const port = await findFreePort();
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-app-'));
  const output = join(directory, 'output');
  const child = Bun.spawn([process.execPath, '--no-env-file', join(root, program)], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: directory, [portVariable]: String(port), ...environment },
    stdin: 'ignore',
    stdout: Bun.file(output),
    stderr: Bun.file(output),
    // Closed when this process dies, however it dies: the app ends then.
    ipc: () => undefined,
  });
  const url = `http://127.0.0.1:${port}`;
  const exited = child.exited.then((code) => (child.signalCode ? 128 : code));
  return {
    url,
    pid: child.pid,
    signal: (name) => child.kill(name),
    exited,
    async kill() {
      child.kill('SIGKILL');
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
    output: () =>
      Bun.file(output)
        .text()
        .catch(() => ''),
    children: () => findChildren(child.pid),
    health: (path) =>
      fetch(`${url}/health/${path}`, { signal: AbortSignal.timeout(4_000) }).then(
        (response) => response.status,
        () => 0,
      ),
  };
}

/** Starts a program and waits until it is alive. */
export async function startApp(start: AppStart): Promise<App> {
  const app = await spawnApp(start);
  const ended = app.exited.then((code) => code as number | null);
  const alive = waitUntil(
    `${start.program} is alive`,
    async () => {
      const code = await Promise.race([ended, Bun.sleep(0).then(() => null)]);
      return code !== null || (await app.health('live')) === 200;
    },
    aliveDeadlineMs,
  );
  await alive;
  return app;
}

async function findChildren(pid: number): Promise<number[]> {
  const listing = await new Response(Bun.spawn(['ps', '-A', '-o', 'pid=,ppid='], { stdout: 'pipe' }).stdout).text();
  const pairs = listing.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child, parent]) => (parent === pid && child ? [child] : []));
}
