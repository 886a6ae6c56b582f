import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../find-free-port.ts';
import { waitUntil } from '../wait-until.ts';

/** A running API or worker. */
export interface App {
  url: string;
  pid: number;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit status; 128 for a signal. */
  exited: Promise<number>;
  /** Kills the app with SIGKILL and removes its files. */
  kill(): Promise<void>;
  /** Returns the output so far. */
  output(): Promise<string>;
  /** Returns the process ids of its children, such as the renderers of a worker. */
  children(): Promise<number[]>;
  /** Returns the status code of a health endpoint; 0 if there is no answer. */
  health(path: 'live' | 'ready'): Promise<number>;
}

/** How to start an app. */
export interface AppStart {
  /** The folder with the sources. Default: this repository. */
  sources?: string;
  program: string;
  environment: Record<string, string>;
  /** The variable that sets its port. */
  portVariable: string;
}

const root = join(import.meta.dirname, '../../../..');
const liveDeadlineMs = 120_000;

/** Starts an app without waiting until it is live. */
export async function spawnApp({ sources = root, program, environment, portVariable }: AppStart): Promise<App> {
  const port = await findFreePort();
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-app-'));
  const output = join(directory, 'output');
  const child = Bun.spawn([process.execPath, '--no-env-file', join(sources, program)], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: directory, [portVariable]: String(port), ...environment },
    stdin: 'ignore',
    stdout: Bun.file(output),
    stderr: Bun.file(output),
    // The channel closes when this process dies. The app then shuts down.
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

/** Starts an app and waits until it is live or has exited. */
export async function startApp(start: AppStart): Promise<App> {
  const app = await spawnApp(start);
  let hasExited = false;
  app.exited.then(() => {
    hasExited = true;
  });
  const isLiveOrExited = async () => hasExited || (await app.health('live')) === 200;
  await waitUntil(`${start.program} is live`, isLiveOrExited, liveDeadlineMs);
  return app;
}

async function findChildren(pid: number): Promise<number[]> {
  const listing = await new Response(Bun.spawn(['ps', '-A', '-o', 'pid=,ppid='], { stdout: 'pipe' }).stdout).text();
  const pairs = listing.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child, parent]) => (parent === pid && child ? [child] : []));
}
