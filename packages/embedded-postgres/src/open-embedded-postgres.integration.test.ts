import { existsSync, mkdtempSync } from 'node:fs';
import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OwnerProcess, spawnOwner, startOwner } from '../test/owner-process.ts';
import { listProcesses } from '../test/processes.ts';
import { until } from '../test/until.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from './open-embedded-postgres.ts';

let directory: string;
let cleanUp: (() => unknown)[];
/** A directory with a new cluster, because creating one takes longer than most tests. */
let template: string;

const makeDirectory = () => realpath(mkdtempSync(join(tmpdir(), 'embedded-postgres-')));
beforeAll(async () => {
  template = await makeDirectory();
  await (await openEmbeddedPostgres({ directory: template, durable: false })).close();
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  directory = await makeDirectory();
  cleanUp = [() => rm(directory, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
});

/** Puts a copy of the new cluster into the directory, with its owner and modes. */
async function copyCluster(): Promise<void> {
  expect(await Bun.spawn(['cp', '-a', join(template, 'cluster'), directory]).exited).toBe(0);
}

/** Opens the directory, with a copy of the new cluster unless it has a cluster already. */
async function open(): Promise<EmbeddedPostgres> {
  if (!existsSync(join(directory, 'cluster'))) await copyCluster();
  const opened = await openEmbeddedPostgres({ directory, durable: false });
  cleanUp.push(() => opened.close());
  return opened;
}

async function startOther(): Promise<OwnerProcess> {
  await copyCluster();
  const owner = await startOwner(directory);
  cleanUp.push(async () => {
    owner.child.kill('SIGKILL');
    await until(() => processesOfDirectory().length === 0);
  });
  return owner;
}

async function query<T>(server: Omit<EmbeddedPostgres, 'close'>, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const { host, port, database, user, password } = server;
  const sql = postgres({
    host,
    port,
    database,
    user,
    password,
    max: 1,
    connect_timeout: 10,
    // If the server dies during the driver's own query for types, the error is unhandled.
    fetch_types: false,
    onnotice: () => undefined,
  });
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const one = (server: Omit<EmbeddedPostgres, 'close'>) => query(server, (sql) => sql`SELECT 1 AS one`);
const processesOfDirectory = () => listProcesses().filter(({ commandLine }) => commandLine.includes(directory));
const isGuard = (line: string) => line.includes(' guard ');
/** Without the children of a postmaster: until a child renames itself, it has the command line of its postmaster. */
const postmasters = () => {
  const all = listProcesses().filter(({ commandLine: line }) => line.includes(`-D ${directory}/cluster/data `));
  const servers = new Set(all.filter(({ commandLine }) => !isGuard(commandLine)).map(({ pid }) => pid));
  return all.filter(({ pid, parent }) => servers.has(pid) && !servers.has(parent));
};
const postmaster = () => postmasters()[0];

test('data and password survive a restart', async () => {
  const first = await open();
  await query(first, (sql) => sql`CREATE TABLE kept AS SELECT 'kept' AS word`);
  await first.close();
  const second = await open();
  expect(await query(second, (sql) => sql`SELECT word FROM kept`)).toEqual([{ word: 'kept' }]);
  expect(second.password).toBe(first.password);
  expect(second.service).toEqual(first.service);
});

test('a directory of 0.1.0 gets a password for the role of the service', async () => {
  const first = await open();
  await first.close();
  const file = join(directory, 'cluster/service-password');
  await rm(file);
  const { service } = await open();
  expect(service).toEqual({ user: 'thumbnails_service', password: (await readFile(file, 'utf8')).trim() });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('the database stores UTF-8 and handles its letters', async () => {
  const rows = await query(await open(), (sql) => sql`SELECT upper('köln') AS upper, length('日本') AS length`);
  expect(rows).toEqual([{ upper: 'KÖLN', length: 2 }]);
});

test('rejects a wrong password', async () => {
  const opened = await open();
  await expect(one({ ...opened, password: 'a guess' })).rejects.toMatchObject({ code: '28P01' });
});

test('other users have no access to its files', async () => {
  await open();
  const entries = [
    directory,
    ...(await readdir(directory, { recursive: true })).map((entry) => join(directory, entry)),
  ];
  const modes = await Promise.all(entries.map(async (entry) => [entry, (await stat(entry)).mode & 0o077]));
  expect(modes.filter(([, mode]) => mode !== 0)).toEqual([]);
});

test('closing leaves no process running', async () => {
  const opened = await open();
  expect(processesOfDirectory().length).toBeGreaterThan(0);
  await opened.close();
  expect(await until(() => processesOfDirectory().length === 0)).toBe(true);
});

test('Postgres stops when its owner is killed with SIGKILL', async () => {
  const owner = await startOther();
  await one(owner.postgres);
  owner.child.kill('SIGKILL');
  expect(await until(() => processesOfDirectory().length === 0)).toBe(true);
  await expect(readFile(join(directory, 'cluster/data/postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the next opener stops a Postgres left behind by a killed owner and a killed guard', async () => {
  const owner = await startOther();
  const stale = postmaster();
  // A suspended owner cannot restart Postgres when the guard dies.
  owner.child.kill('SIGSTOP');
  const guards = listProcesses().filter(({ group, commandLine }) => group === stale?.group && isGuard(commandLine));
  expect(guards.length).toBe(2);
  for (const guard of guards) process.kill(guard.pid, 'SIGKILL');
  owner.child.kill('SIGKILL');
  await owner.child.exited;
  await one(owner.postgres);

  await one(await open());
  expect(stale).toBeDefined();
  expect(postmaster()?.pid).not.toBe(stale?.pid);
  expect(postmasters().length).toBe(1);
});

test('rejects a second opener, and the first continues', async () => {
  const owner = await startOther();
  await expect(open()).rejects.toMatchObject({
    code: 'unavailable',
    publicMessage: `The directory ${directory} is in use by another process.`,
  });
  await one(owner.postgres);
});

test('rejects a second opener in the same process, and the first continues', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'unavailable' });
  await one(first);
});

test('the next opener cleans up after an owner that was killed while it created the cluster', async () => {
  const child = spawnOwner(directory);
  const isBeingCreated = async () => (await readdir(directory)).some((entry) => entry.startsWith('cluster-'));
  expect(await until(isBeingCreated)).toBe(true);
  child.kill('SIGKILL');
  await child.exited;
  const opened = await openEmbeddedPostgres({ directory, durable: false });
  cleanUp.push(() => opened.close());
  await one(opened);
  expect((await readdir(directory)).filter((entry) => entry.startsWith('cluster-'))).toEqual([]);
});

test('does not stop an unrelated process that has the process id of an earlier postmaster', async () => {
  await (await open()).close();
  const unrelated = Bun.spawn(['sleep', '600']);
  cleanUp.push(() => unrelated.kill('SIGKILL'));
  await writeFile(join(directory, 'cluster/data/postmaster.pid'), `${unrelated.pid}\n${directory}\n`);
  await one(await open());
  expect(unrelated.exitCode).toBeNull();
  expect(unrelated.signalCode).toBeNull();
});

test('a Postgres that dies is restarted on the same port', async () => {
  const opened = await open();
  const died = postmaster();
  process.kill(died?.pid ?? 0, 'SIGKILL');
  const answers = () =>
    one(opened).then(
      () => postmaster()?.pid !== died?.pid,
      () => false,
    );
  expect(await until(answers)).toBe(true);
});

test('a Postgres that loses its guard is restarted under a new one', async () => {
  const opened = await open();
  const old = postmaster();
  process.kill(old?.parent ?? 0, 'SIGKILL');
  const answers = () =>
    one(opened).then(
      () => ![old?.pid, undefined].includes(postmaster()?.pid),
      () => false,
    );
  expect(await until(answers)).toBe(true);
});

test('names a directory that cannot be created', async () => {
  await writeFile(join(directory, 'a-file'), '');
  const below = join(directory, 'a-file', 'postgres');
  await expect(openEmbeddedPostgres({ directory: below })).rejects.toMatchObject({
    code: 'unavailable',
    publicMessage: expect.stringContaining(below),
  });
});
