import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demand, run } from './run.ts';

/** A copy of the project with its own compose project, ports and volumes. */
export interface Stack {
  /** Where the API answers. */
  url: string;
  /** Runs docker-compose (or docker compose) in the copy, as the README says: with no option naming a file. */
  compose: (...words: string[]) => Promise<string>;
  /** Runs a script of the copy, which calls the same compose. */
  script: (...words: string[]) => Promise<string>;
  /** Ids of the running containers of a service. */
  containers: (service: string) => Promise<string[]>;
  /** Takes everything down, volumes too, and removes the copy. */
  remove: () => Promise<void>;
}

/** Copies what git knows of the project and makes its `.env` from `.env.example`; starts nothing. */
export async function createStack(command: string): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-compose-'));
  await copyProject(directory);
  const port = await freePort();
  await writeEnvironment(directory, {
    COMPOSE_PROJECT_NAME: directory.split('-').at(-1)?.toLowerCase() ?? '',
    PORT: `${port}`,
    MINIO_CONSOLE_PORT: `${await freePort()}`,
  });
  const program = command ? command.split(' ') : await findCompose();
  const compose = (...words: string[]) => demand([...program, ...words], { cwd: directory });
  return {
    url: `http://127.0.0.1:${port}`,
    compose,
    script: (...words) => demand(['env', `COMPOSE=${program.join(' ')}`, ...words], { cwd: directory }),
    containers: async (service) => (await compose('ps', '-q', service)).split('\n').filter(Boolean),
    async remove() {
      await compose('down', '--volumes', '--remove-orphans');
      await rm(directory, { recursive: true });
    },
  };
}

async function findCompose(): Promise<string[]> {
  return (await run(['docker', 'compose', 'version'])).code === 0 ? ['docker', 'compose'] : ['docker-compose'];
}

async function copyProject(target: string): Promise<void> {
  const listed = await demand(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of listed.split('\0').filter(Boolean)) {
    const copy = cp(file, join(target, file), { recursive: true, verbatimSymlinks: true });
    // A tracked file that was deleted is no part of the project any more.
    await copy.catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error)));
  }
}

async function writeEnvironment(directory: string, own: Record<string, string>): Promise<void> {
  const example = await readFile(join(directory, '.env.example'), 'utf8');
  const kept = example.split('\n').filter((line) => !Object.keys(own).includes(line.split('=')[0] ?? ''));
  const added = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  await writeFile(join(directory, '.env'), [...kept, ...added, ''].join('\n'));
}

/** A port below those that outgoing connections are given: images are built before it is bound. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}
