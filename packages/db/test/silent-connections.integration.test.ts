import { connect, createServer, type Socket } from 'node:net';
import { createDatabase, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CommitUnknown, openDatabase } from '../src/index.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createDatabase(inject('services').postgres, { migrated: false });
});
afterAll(() => testDatabase.drop());

/** Starts a server that accepts connections and never answers. */
async function startSilentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, close };
}

test('a server that accepts connections and never answers is unavailable within the deadline', async () => {
  const silentServer = await startSilentServer();
  const database = openDatabase({ ...testDatabase.config, port: silentServer.port });
  // The timers of one process expire in order, even on a slow machine.
  const later = Bun.sleep(11_000).then(() => 'later than its deadline');
  const answer = database.run((executor) => executor.execute(sql`select 1`)).catch((error) => error);
  expect(await Promise.race([answer, later])).toMatchObject({ code: 'unavailable', retryable: true });
  await database.close();
  silentServer.close();
});

test('work that finishes after its deadline is not committed', async () => {
  const database = openDatabase(testDatabase.config);
  await database.run((executor) => executor.execute(sql`create table late (id int)`));
  const gate = Promise.withResolvers<void>();
  const work = database.transaction(async (transaction) => {
    await transaction.execute(sql`set local idle_in_transaction_session_timeout = 0`);
    await transaction.execute(sql`insert into late values (1)`);
    await gate.promise;
  });
  await expect(work).rejects.toMatchObject({ code: 'unavailable' });
  gate.resolve();
  const rows = await database.run((executor) => executor.execute(sql`select * from late`));
  await database.close();
  const again = openDatabase(testDatabase.config);
  expect([...rows, ...(await again.run((executor) => executor.execute(sql`select * from late`)))]).toEqual([]);
  await again.close();
});

test('a statement that gets no connection before its deadline fails and never runs', async () => {
  const database = openDatabase(testDatabase.config, 1);
  await database.run((executor) => executor.execute(sql`create table never (id int)`));
  const held = database.transaction(async (transaction) => {
    await transaction.execute(sql`set local statement_timeout = 0`);
    await transaction.execute(sql`select pg_sleep(15)`);
  });
  held.catch(() => undefined);
  const waiting = await database.commit(sql`insert into never values (${1}::int)`).catch((error) => error);
  expect([waiting.code, waiting instanceof CommitUnknown]).toEqual(['unavailable', false]);
  const read = (statement: SQL) => database.run(async (executor) => [...(await executor.execute(statement))]);
  await waitUntil('the connection is free again', async () => {
    const asleep = await read(sql`select 1 from pg_stat_activity where wait_event = 'PgSleep'`);
    return asleep.length === 0;
  });
  expect(await read(sql`select * from never`)).toEqual([]);
  await database.close();
});

test('the commit outcome of a statement that the server does not answer is unknown', async () => {
  const server = createServer((client) => {
    const upstream = connect({ host: testDatabase.config.host, port: testDatabase.config.port });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    stops.push(() => client.unpipe(upstream));
  });
  const stops: (() => void)[] = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const database = openDatabase({ ...testDatabase.config, port }, 1);
  await database.check();
  for (const stopForwarding of stops) stopForwarding();
  expect(await database.commit(sql`select 1`).catch((error) => error)).toBeInstanceOf(CommitUnknown);
  await database.close();
  server.close();
});

test('a statement that failed while the server was unavailable does not run when it recovers', async () => {
  let hasRecovered = false;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    if (!hasRecovered) return client.end();
    const upstream = connect({ host: testDatabase.config.host, port: testDatabase.config.port });
    upstream.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const direct = openDatabase(testDatabase.config, 1);
  await direct.run((executor) => executor.execute(sql`create table late_statements (id int)`));
  const database = openDatabase({ ...testDatabase.config, port }, 1);
  const waiting = await database.commit(sql`insert into late_statements values (${1}::int)`).catch((error) => error);
  expect([waiting.code, waiting instanceof CommitUnknown]).toEqual(['unavailable', false]);
  hasRecovered = true;
  await database.check();
  const count = async () =>
    (await direct.run((executor) => executor.execute(sql`select * from late_statements`))).length;
  // Reconnecting takes a third of a second: a statement that was still waiting would be sent within this time.
  const end = performance.now() + 3_000;
  while (performance.now() < end) expect(await count()).toBe(0);
  await database.close();
  await direct.close();
  server.close();
});
