import { mkdtempSync } from 'node:fs';
import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnerProcess, spawnOwner, startOwner } from '../test/owner-process.ts';
import { listProcesses } from '../test/processes.ts';
import { until } from '../test/until.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from './open-embedded-postgres.ts';

let directory: string;
let cleanUp: (() => unknown)[];

beforeEach(async () => {
  directory = await realpath(mkdtempSync(join(tmpdir(), 'embedded-postgres-')));
  cleanUp = [() => rm(directory, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
});

async function open(): Promise<EmbeddedPostgres> {
  const opened = await openEmbeddedPostgres({ directory, durable: false });
  cleanUp.push(() => opened.close());
  return opened;
}

async function startOther(): Promise<OwnerProcess> {
  const owner = await startOwner(directory);
  cleanUp.push(async () => {
    owner.child.kill('SIGKILL');
    await until(() => processesOfDirectory().length === 0);
  });
  return owner;
}

async function query<T>(server: Omit<EmbeddedPostgres, 'close'>, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const { host, port, database, user, password } = server;
  const sql = postgres({
    host,
    port,
    database,
    user,
    password,
    max: 1,
    connect_timeout: 10,
    // The question that the driver asks for itself has nobody to hear that a dying server left it unanswered.
    fetch_types: false,
    onnotice: () => undefined,
  });
  try {
    return await ask(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const one = (server: Omit<EmbeddedPostgres, 'close'>) => query(server, (sql) => sql`SELECT 1 AS one`);
const processesOfDirectory = () => listProcesses().filter(({ commandLine }) => commandLine.includes(directory));
const isGuard = (line: string) => line.includes(' guard ');
/** Those that no other Postgres has started: a child is called as its postmaster is until it has named itself. */
const postmasters = () => {
  const all = listProcesses().filter(({ commandLine: line }) => line.includes(`-D ${directory}/cluster/data `));
  const ours = new Set(all.filter(({ commandLine }) => !isGuard(commandLine)).map(({ pid }) => pid));
  return all.filter(({ pid, parent }) => ours.has(pid) && !ours.has(parent));
};
const postmaster = () => postmasters()[0];

test('data and password survive a restart', async () => {
  const first = await open();
  await query(first, (sql) => sql`CREATE TABLE kept AS SELECT 'still here' AS word`);
  await first.close();
  const second = await open();
  expect(await query(second, (sql) => sql`SELECT word FROM kept`)).toEqual([{ word: 'still here' }]);
  expect(second.password).toBe(first.password);
});

test('the database keeps text as UTF-8 and knows its letters', async () => {
  const rows = await query(await open(), (sql) => sql`SELECT upper('köln') AS upper, length('日本') AS length`);
  expect(rows).toEqual([{ upper: 'KÖLN', length: 2 }]);
});

test('a wrong password is refused', async () => {
  const opened = await open();
  await expect(one({ ...opened, password: 'a guess' })).rejects.toMatchObject({ code: '28P01' });
});

test('nothing it writes is open to other users', async () => {
  await open();
  const entries = [
    directory,
    ...(await readdir(directory, { recursive: true })).map((entry) => join(directory, entry)),
  ];
  const modes = await Promise.all(entries.map(async (entry) => [entry, (await stat(entry)).mode & 0o077]));
  expect(modes.filter(([, mode]) => mode !== 0)).toEqual([]);
});

test('closing leaves no process behind', async () => {
  const opened = await open();
  expect(processesOfDirectory().length).toBeGreaterThan(0);
  await opened.close();
  expect(await until(() => processesOfDirectory().length === 0)).toBe(true);
});

test('the SIGKILL of its owner ends Postgres', async () => {
  const owner = await startOther();
  await one(owner.postgres);
  owner.child.kill('SIGKILL');
  expect(await until(() => processesOfDirectory().length === 0)).toBe(true);
  await expect(readFile(join(directory, 'cluster/data/postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a Postgres left over by a killed owner and a killed guard is stopped by the next opener', async () => {
  const owner = await startOther();
  const left = postmaster();
  // Stopped first, the owner cannot start another one when its guard dies.
  owner.child.kill('SIGSTOP');
  const guards = listProcesses().filter(({ group, commandLine }) => group === left?.group && isGuard(commandLine));
  expect(guards.length).toBe(2);
  for (const guard of guards) process.kill(guard.pid, 'SIGKILL');
  owner.child.kill('SIGKILL');
  await owner.child.exited;
  await one(owner.postgres);

  await one(await open());
  expect(left).toBeDefined();
  expect(postmaster()?.pid).not.toBe(left?.pid);
  expect(postmasters().length).toBe(1);
});

test('a second opener is refused and the first goes on', async () => {
  const owner = await startOther();
  await expect(open()).rejects.toMatchObject({
    code: 'unavailable',
    publicMessage: `The directory ${directory} is in use by another process.`,
  });
  await one(owner.postgres);
});

test('a second opener in the same process is refused and the first goes on', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'unavailable' });
  await one(first);
});

test('an owner killed while the cluster is made leaves nothing that the next opener trips over', async () => {
  const child = spawnOwner(directory);
  const isBeingMade = async () => (await readdir(directory)).some((entry) => entry.startsWith('cluster-'));
  expect(await until(isBeingMade)).toBe(true);
  child.kill('SIGKILL');
  await child.exited;
  await one(await open());
  expect((await readdir(directory)).filter((entry) => entry.startsWith('cluster-'))).toEqual([]);
});

test('a stranger that got the process id of a dead postmaster is left alone', async () => {
  await (await open()).close();
  const stranger = Bun.spawn(['sleep', '600']);
  cleanUp.push(() => stranger.kill('SIGKILL'));
  await writeFile(join(directory, 'cluster/data/postmaster.pid'), `${stranger.pid}\n${directory}\n`);
  await one(await open());
  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
});

test('a Postgres that dies is started again on the same port', async () => {
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

test('a Postgres whose guard dies is put under a new guard', async () => {
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

test('a directory that cannot be made is named', async () => {
  await writeFile(join(directory, 'file-in-the-way'), '');
  const below = join(directory, 'file-in-the-way', 'postgres');
  await expect(openEmbeddedPostgres({ directory: below })).rejects.toMatchObject({
    code: 'unavailable',
    publicMessage: expect.stringContaining(below),
  });
});
