import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';
import { builtImages, type Images } from './images.ts';
import { run, tryRun } from './run.ts';

/** A copy of the project with a compose project, ports and volumes of its own. */
export interface Stack {
  /** Of the API. */
  url: string;
  images: Images;
  /** Builds the images, unless images were given. */
  build: () => Promise<void>;
  /** Starts all services with two workers, and waits until the API is ready. */
  start: () => Promise<void>;
  /** Waits until the API is ready. @throws Error with the latest logs when it is not within 4 minutes */
  waitUntilReady: () => Promise<void>;
  /** Runs `docker compose` or `docker-compose` in the copy, without naming a file, as the README does. */
  compose: (...words: string[]) => Promise<string>;
  /** Runs a script of the copy, which uses the same compose command. */
  script: (...words: string[]) => Promise<string>;
  /** Ids of the running containers of a service. */
  containers: (service: string) => Promise<string[]>;
  /** Removes containers, volumes and the copy. */
  remove: () => Promise<void>;
}

/** Copies the files that git lists and creates `.env` from `.env.example`, with the given images. Starts nothing. */
export async function createStack(command: string, given: Images | null): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-compose-'));
  await copyProject(directory);
  const port = await freePort();
  await writeEnvironment(directory, {
    COMPOSE_PROJECT_NAME: directory.split('-').at(-1)?.toLowerCase() ?? '',
    PORT: `${port}`,
    MINIO_CONSOLE_PORT: `${await freePort()}`,
    ...(given && { API_IMAGE: given.api, WORKER_IMAGE: given.worker }),
  });
  const program = command ? command.split(' ') : await findCompose();
  const compose = (...words: string[]) => run([...program, ...words], { cwd: directory });
  const url = `http://127.0.0.1:${port}`;
  const waitUntilReady = async () => {
    const isReady = async () => (await fetch(`${url}/health/ready`)).ok;
    await waitUntil('the API is ready', isReady, 240_000).catch(async (cause) => {
      throw new Error(`not ready:\n${await compose('logs', '--tail', '20', 'api', 'worker')}`, { cause });
    });
  };
  return {
    url,
    images: given ?? builtImages,
    build: async () => {
      if (!given) await compose('build');
    },
    start: async () => {
      await compose('up', '-d', '--no-build', '--scale', 'worker=2');
      await waitUntilReady();
    },
    waitUntilReady,
    compose,
    script: (...words) => run(['env', `COMPOSE=${program.join(' ')}`, ...words], { cwd: directory }),
    containers: async (service) => (await compose('ps', '-q', service)).split('\n').filter(Boolean),
    async remove() {
      await compose('down', '--volumes', '--remove-orphans');
      await rm(directory, { recursive: true });
    },
  };
}

async function findCompose(): Promise<string[]> {
  return (await tryRun(['docker', 'compose', 'version'])).code === 0 ? ['docker', 'compose'] : ['docker-compose'];
}

async function copyProject(target: string): Promise<void> {
  const listed = await run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of listed.split('\0').filter(Boolean)) {
    const copy = cp(file, join(target, file), { recursive: true, verbatimSymlinks: true });
    // Git still lists a tracked file that was deleted.
    await copy.catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error)));
  }
}

async function writeEnvironment(directory: string, own: Record<string, string>): Promise<void> {
  const example = await readFile(join(directory, '.env.example'), 'utf8');
  const kept = example.split('\n').filter((line) => !Object.keys(own).includes(line.split('=')[0] ?? ''));
  const added = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  await writeFile(join(directory, '.env'), [...kept, ...added, ''].join('\n'));
}

/** Finds a free port below the range of outgoing connections: building images takes long before the port is bound. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}
