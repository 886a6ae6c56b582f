import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, waitUntil } from '@thumbnail-api/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDescendants } from './find-descendants.ts';
import { isGone } from './is-gone.ts';
import type { StandInRun } from './run-with-stand-ins.ts';

let directory: string;
let cleanUp: (() => unknown)[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'standalone-'));
  cleanUp = [() => rm(directory, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
});

interface Wishes extends Partial<Omit<StandInRun, 'environment'>> {
  environment?: Record<string, string>;
  /** Put before the command. */
  runner?: string[];
}

async function start({ environment, runner = [], ...wishes }: Wishes = {}) {
  const port = await findFreePort();
  const workerPort = await findFreePort();
  const run: StandInRun = {
    environment: {
      // Named, and never spoken to: the stand-ins need none.
      POSTGRES_HOST: '127.0.0.1',
      DATA_DIR: directory,
      PORT: String(port),
      WORKER_PORT: String(workerPort),
      ...environment,
    },
    migrate: ['/bin/sh', '-c', 'exit 0'],
    ...wishes,
  };
  const script = `${import.meta.dirname}/run-with-stand-ins.ts`;
  const child = Bun.spawn([...runner, process.execPath, '--no-env-file', script, JSON.stringify(run)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanUp.push(async () => {
    const descendants = findDescendants(child.pid);
    child.kill('SIGKILL');
    for (const pid of descendants) await isGone(pid);
  });
  const said = collect(child.stdout);
  const complained = collect(child.stderr);
  const pidOf = async (of: number) => (await (await fetch(`http://127.0.0.1:${of}/pid`)).json()) as number;
  const ready = () => waitUntil('the command says that it is ready', async () => said.text.includes('Ready.'));
  const pids = async () => [await pidOf(port), await pidOf(workerPort)] as const;
  const outcome = async () => {
    const exitCode = await child.exited;
    await Promise.all([said.ended, complained.ended]);
    return { exitCode, complained: complained.text, said: said.text };
  };
  return { child, port, ready, pids, said, complained, outcome };
}

function collect(stream: ReadableStream<Uint8Array>) {
  const collected = { text: '', ended: Promise.resolve() };
  collected.ended = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) collected.text += decoder.decode(chunk, { stream: true });
  })();
  return collected;
}

test('it says where everything is once both children are ready', async () => {
  const { ready, said, port } = await start();
  await ready();
  expect(said.text).toContain(`http://localhost:${port}/swagger`);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with status 0 and leaves no process behind', async (signal) => {
  const { child, ready, pids, outcome } = await start();
  await ready();
  const running = await pids();
  child.kill(signal);
  expect(await outcome()).toMatchObject({ exitCode: 0, complained: '' });
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a Ctrl-C that arrives twice waits for the children all the same', async () => {
  const { child, ready, pids, outcome } = await start({ manner: 'slow' });
  await ready();
  const running = await pids();
  const since = performance.now();
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect(await outcome()).toMatchObject({ exitCode: 0 });
  expect(performance.now() - since).toBeGreaterThan(1_000);
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a second Ctrl-C a second later ends everything at once', async () => {
  const { child, ready, pids, said, outcome } = await start({ manner: 'stubborn' });
  await ready();
  const running = await pids();
  child.kill('SIGINT');
  await waitUntil('the first is heard', async () => said.text.includes('Ending.'));
  const since = performance.now();
  await waitUntil('a second has passed', async () => performance.now() - since > 1_050);
  child.kill('SIGINT');
  expect(await outcome()).toMatchObject({ exitCode: 1 });
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('its own SIGKILL ends the children', async () => {
  const { child, ready, pids } = await start();
  await ready();
  const running = await pids();
  child.kill('SIGKILL');
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('the %s of the runner that started it ends everything', async (signal) => {
  const runner = [process.execPath, '--no-env-file', `${import.meta.dirname}/run-as-runner.ts`];
  const { child, ready, pids } = await start({ runner });
  await ready();
  const running = await pids();
  child.kill(signal);
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a child that is killed is started again', async () => {
  const { ready, pids, complained } = await start();
  await ready();
  const [api, worker] = await pids();
  process.kill(api, 'SIGKILL');
  await waitUntil('another API answers', async () => (await pids())[0] !== api);
  expect((await pids())[1]).toBe(worker);
  expect(complained.text).toContain('The API ended by SIGKILL; starting it again in 20 ms.\n');
});

test('a hang-up where no terminal is attached is not heard', async () => {
  const { child, ready, pids } = await start();
  await ready();
  const [api] = await pids();
  child.kill('SIGHUP');
  process.kill(api, 'SIGKILL');
  await waitUntil('another API answers', async () => (await pids())[0] !== api);
  expect(child.exitCode).toBeNull();
});

test('a taken port is told in one line, and nothing is started', async () => {
  const other = createServer();
  const port = await findFreePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  cleanUp.push(() => other.close());
  const { outcome } = await start({ environment: { PORT: String(port) } });
  expect(await outcome()).toEqual({
    exitCode: 1,
    said: '',
    complained: `Port ${port} on 127.0.0.1 is taken: stop what uses it, or choose another PORT.\n`,
  });
});

test('a migration that fails ends it with status 1 and its own words', async () => {
  const { outcome } = await start({ migrate: ['/bin/sh', '-c', 'echo "no such table" >&2; exit 4'] });
  expect(await outcome()).toMatchObject({
    exitCode: 1,
    complained: 'no such table\nThe database could not be brought up to date (exit status 4).\n',
  });
});

test.each([
  ['migration', { migrate: ['/bin/sh', '-c', 'exit 78'] }],
  ['API', { api: ['/bin/sh', '-c', 'exit 78'] }],
])('a configuration that the %s cannot use ends it with status 78', async (_, wishes) => {
  const { outcome } = await start(wishes);
  expect(await outcome()).toMatchObject({ exitCode: 78 });
});

test('a request to end during the migration is heard', async () => {
  const { child, said, outcome } = await start({ migrate: ['/bin/sh', '-c', 'sleep 600'] });
  await waitUntil('it has begun', async () => said.text.includes('Starting'));
  child.kill('SIGTERM');
  expect(await outcome()).toMatchObject({ exitCode: 0 });
});

test('the children are told of the embedded parts and keep the variables of the caller', async () => {
  const file = join(directory, 'environment');
  const { ready } = await start({
    environment: { POSTGRES_HOST: '', POSTGRES_PASSWORD: 'of another', MAX_PIXELS: '12345' },
    migrate: ['/bin/sh', '-c', `env > ${file}`],
  });
  await ready();
  const variables = (await readFile(file, 'utf8')).split('\n');
  expect(variables).toContain('POSTGRES_HOST=127.0.0.1');
  expect(variables).toContain('QUEUE=postgres');
  expect(variables).toContain(`STORAGE_DIR=${directory}/objects`);
  expect(variables).toContain('MAX_PIXELS=12345');
  expect(variables).not.toContain('POSTGRES_PASSWORD=of another');
});

test('a second command on the same data is refused in one line, and the first goes on', async () => {
  const embedded = { environment: { POSTGRES_HOST: '' } };
  const first = await start(embedded);
  await first.ready();
  const second = await start(embedded);
  expect(await second.outcome()).toMatchObject({
    exitCode: 1,
    complained: `The directory ${directory}/postgres is in use by another process.\n`,
  });
  expect((await first.pids()).length).toBe(2);
});
