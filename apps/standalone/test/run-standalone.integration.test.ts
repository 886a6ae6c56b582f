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

interface StartOptions extends Partial<Omit<StandInRun, 'environment'>> {
  environment?: Record<string, string>;
  /** A command that runs the program. */
  runner?: string[];
}

async function start({ environment, runner = [], ...options }: StartOptions = {}) {
  const port = await findFreePort();
  const workerPort = await findFreePort();
  const run: StandInRun = {
    environment: {
      // Never connected to: the stand-ins need no Postgres.
      POSTGRES_HOST: '127.0.0.1',
      DATA_DIR: directory,
      PORT: String(port),
      WORKER_PORT: String(workerPort),
      ...environment,
    },
    migrate: ['/bin/sh', '-c', 'exit 0'],
    ...options,
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
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const pidOf = async (at: number) => (await (await fetch(`http://127.0.0.1:${at}/pid`)).json()) as number;
  const ready = () => waitUntil('it is ready', async () => output.text.includes('Ready.'));
  const pids = async () => [await pidOf(port), await pidOf(workerPort)] as const;
  const outcome = async () => {
    const exitCode = await child.exited;
    await Promise.all([output.ended, errors.ended]);
    return { exitCode, errors: errors.text, output: output.text };
  };
  return { child, port, ready, pids, output, errors, outcome };
}

function collect(stream: ReadableStream<Uint8Array>) {
  const collected = { text: '', ended: Promise.resolve() };
  collected.ended = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) collected.text += decoder.decode(chunk, { stream: true });
  })();
  return collected;
}

test('prints the addresses once both children are ready', async () => {
  const { ready, output, port } = await start();
  await ready();
  expect(output.text).toContain(`http://localhost:${port}/swagger`);
});

test('a child that is ready late is waited for, with a line that says so', async () => {
  const { ready, output } = await start({ reaction: 'late' });
  await ready();
  expect(output.text).toContain('Still waiting for the API …');
});

test.each(['SIGINT', 'SIGTERM'] as const)('exits with 0 on %s and leaves no process running', async (signal) => {
  const { child, ready, pids, outcome } = await start();
  await ready();
  const running = await pids();
  child.kill(signal);
  expect(await outcome()).toMatchObject({ exitCode: 0, errors: '' });
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a Ctrl-C that arrives twice at once still waits for the children', async () => {
  const { child, ready, pids, outcome } = await start({ reaction: 'slow' });
  await ready();
  const running = await pids();
  const since = performance.now();
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect(await outcome()).toMatchObject({ exitCode: 0 });
  expect(performance.now() - since).toBeGreaterThan(1_000);
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a second Ctrl-C, a second later, stops everything at once', async () => {
  const { child, ready, pids, output, outcome } = await start({ reaction: 'stubborn' });
  await ready();
  const running = await pids();
  child.kill('SIGINT');
  await waitUntil('shutdown has started', async () => output.text.includes('Stopping'));
  const since = performance.now();
  await waitUntil('a second has passed', async () => performance.now() - since > 1_050);
  child.kill('SIGINT');
  expect(await outcome()).toMatchObject({ exitCode: 1 });
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a SIGKILL stops the children', async () => {
  const { child, ready, pids } = await start();
  await ready();
  const running = await pids();
  child.kill('SIGKILL');
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('stops everything when its package runner exits on %s', async (signal) => {
  const runner = [process.execPath, '--no-env-file', `${import.meta.dirname}/run-as-runner.ts`];
  const { child, ready, pids } = await start({ runner });
  await ready();
  const running = await pids();
  child.kill(signal);
  for (const pid of running) expect(await isGone(pid)).toBe(true);
});

test('a child that is killed is restarted', async () => {
  const { ready, pids, errors } = await start();
  await ready();
  const [api, worker] = await pids();
  process.kill(api, 'SIGKILL');
  await waitUntil('another API answers', async () => (await pids())[0] !== api);
  expect((await pids())[1]).toBe(worker);
  expect(errors.text).toContain('The API exited on SIGKILL. Restarting in 20 ms.\n');
});

test('SIGHUP is ignored when no terminal is attached', async () => {
  const { child, ready, pids } = await start();
  await ready();
  const [api] = await pids();
  child.kill('SIGHUP');
  process.kill(api, 'SIGKILL');
  await waitUntil('another API answers', async () => (await pids())[0] !== api);
  expect(child.exitCode).toBeNull();
});

test('a port in use is reported in one line, and nothing is started', async () => {
  const other = createServer();
  const port = await findFreePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  cleanUp.push(() => other.close());
  const { outcome } = await start({ environment: { PORT: String(port) } });
  expect(await outcome()).toEqual({
    exitCode: 1,
    output: '',
    errors: `Port ${port} on 127.0.0.1 is in use. Stop the process that uses it, or set PORT to another port.\n`,
  });
});

test('a failed migration exits with 1 and shows its error', async () => {
  const { outcome } = await start({ migrate: ['/bin/sh', '-c', 'echo "no such table" >&2; exit 4'] });
  expect(await outcome()).toMatchObject({
    exitCode: 1,
    errors: 'no such table\nThe database could not be migrated (exit status 4). See the error above.\n',
  });
});

test.each([
  ['migration', { migrate: ['/bin/sh', '-c', 'exit 78'] }],
  ['API', { api: ['/bin/sh', '-c', 'exit 78'] }],
])('exits with 78 if the %s has an invalid configuration', async (_, options) => {
  const { outcome } = await start(options);
  expect(await outcome()).toMatchObject({ exitCode: 78 });
});

test('SIGTERM during the migration stops it', async () => {
  const { child, output, outcome } = await start({ migrate: ['/bin/sh', '-c', 'sleep 600'] });
  await waitUntil('it has started', async () => output.text.includes('Starting'));
  child.kill('SIGTERM');
  expect(await outcome()).toMatchObject({ exitCode: 0 });
});

test('only the migration gets the role that owns the tables', async () => {
  const file = join(directory, 'environment');
  const { outcome } = await start({
    environment: { POSTGRES_HOST: '', POSTGRES_MIGRATE_PASSWORD: 'unused' },
    migrate: ['/bin/sh', '-c', `env > ${file}.migration`],
    api: ['/bin/sh', '-c', `env > ${file}.api; exit 78`],
  });
  await outcome();
  const [migration, api] = await Promise.all(['migration', 'api'].map((name) => readFile(`${file}.${name}`, 'utf8')));
  const passwords = ['password', 'service-password'].map((name) => readFile(join(directory, 'postgres/cluster', name)));
  const [owner, service] = (await Promise.all(passwords)).map((text) => String(text).trim());
  expect(migration).toContain(`POSTGRES_MIGRATE_PASSWORD=${owner}\n`);
  expect(api).not.toContain(owner);
  expect(api).not.toContain('MIGRATE');
  for (const each of [migration, api]) expect(each).toContain(`POSTGRES_PASSWORD=${service}\n`);
});

test('the children get the addresses of the embedded services and the variables of the caller', async () => {
  const file = join(directory, 'environment');
  const { ready } = await start({
    environment: { POSTGRES_HOST: '', POSTGRES_PASSWORD: 'unused', MAX_PIXELS: '12345' },
    migrate: ['/bin/sh', '-c', `env > ${file}`],
  });
  await ready();
  const variables = (await readFile(file, 'utf8')).split('\n');
  expect(variables).toContain('POSTGRES_HOST=127.0.0.1');
  expect(variables).toContain('QUEUE=postgres');
  expect(variables).toContain(`STORAGE_DIR=${directory}/objects`);
  expect(variables).toContain('MAX_PIXELS=12345');
  expect(variables).not.toContain('POSTGRES_PASSWORD=unused');
});

test('a second start on the same data is rejected in one line, and the first keeps running', async () => {
  const embedded = { environment: { POSTGRES_HOST: '' } };
  const first = await start(embedded);
  await first.ready();
  const second = await start(embedded);
  expect(await second.outcome()).toMatchObject({
    exitCode: 1,
    errors: `The directory ${directory}/postgres is in use by another process.\n`,
  });
  expect((await first.pids()).length).toBe(2);
});
