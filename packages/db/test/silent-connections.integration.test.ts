import { connect, createServer, type Server, type Socket } from 'node:net';
import { createDatabase, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { CommitUnknown, type Database, openDatabase } from '../src/index.ts';

/** Only the deadline of a whole call can end a call: the others are longer than a test may take. */
const impatient = { connectMs: 600_000, statementMs: 600_000, answerMs: 1_000 };
const unavailable = { code: 'unavailable', retryable: true };

let testDatabase: TestDatabase;
/** A database whose deadlines no test reaches. */
let patient: Database;
beforeAll(async () => {
  testDatabase = await createDatabase(inject('services').postgres, { migrated: false });
  patient = openDatabase(testDatabase.config, 2, { connectMs: 600_000, statementMs: 600_000, answerMs: 600_000 });
});
afterAll(async () => {
  await patient.close();
  await testDatabase.drop();
});

const read = (statement: SQL) => patient.run(async (executor) => [...(await executor.execute(statement))]);
/** The rows of a table once no other transaction uses it. */
const readSettled = (table: string) =>
  patient.transaction(async (transaction) => {
    await transaction.execute(sql`lock table ${sql.identifier(table)} in access exclusive mode`);
    return [...(await transaction.execute(sql`select * from ${sql.identifier(table)}`))];
  });

/** Opens a database with short deadlines until the end of the test, if needed on another port. */
function openImpatient(port = testDatabase.config.port): Database {
  const database = openDatabase({ ...testDatabase.config, port }, 1, impatient);
  onTestFinished(() => database.close());
  return database;
}

/** Starts a server on a free port, until the end of the test. */
async function startServer(onConnection: (client: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((client) => {
    sockets.push(client.on('error', () => undefined));
    onConnection(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

/** Connects a client to Postgres. */
function forward(client: Socket): Socket {
  const upstream = connect({ host: testDatabase.config.host, port: testDatabase.config.port });
  upstream.on('error', () => undefined);
  client.on('close', () => upstream.destroy());
  client.pipe(upstream).pipe(client);
  return upstream;
}

test('a server that accepts connections and never answers is unavailable at the deadline of the call', async () => {
  const database = openImpatient(await startServer(() => undefined));
  await expect(database.run((executor) => executor.execute(sql`select 1`))).rejects.toMatchObject(unavailable);
});

test('work that finishes after its deadline is not committed', async () => {
  await read(sql`create table late (id int)`);
  const database = openImpatient();
  const gate = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const work = database.transaction(async (transaction) => {
    await transaction.execute(sql`insert into late values (1)`);
    await gate.promise;
    finished.resolve();
  });
  await expect(work).rejects.toMatchObject({ code: 'unavailable' });
  gate.resolve();
  await finished.promise;
  expect(await readSettled('late')).toEqual([]);
});

test('a statement that gets no connection before its deadline fails and never runs', async () => {
  await read(sql`create table never (id int)`);
  const gate = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holder = patient.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(1)`);
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  const database = openImpatient();
  // A transaction occupies the only connection until the lock is free.
  const held = database
    .transaction((transaction) => transaction.execute(sql`select pg_advisory_xact_lock(1)`))
    .catch((error) => error);
  const waiting = await database.commit(sql`insert into never values (${1}::int)`).catch((error) => error);
  expect([waiting.code, waiting instanceof CommitUnknown]).toEqual(['unavailable', false]);
  expect(await held).toMatchObject(unavailable);
  gate.resolve();
  await holder;
  await database.close();
  await waitUntil('its connection is closed', async () => {
    const waiting = sql`select 1 from pg_stat_activity where pid <> pg_backend_pid()
      and datname = current_database() and query like '%pg_advisory_xact_lock%' and state <> 'idle'`;
    return (await read(waiting)).length === 0;
  });
  expect(await readSettled('never')).toEqual([]);
});

test('the commit outcome of a statement that the server does not answer is unknown', async () => {
  const stops: (() => void)[] = [];
  const port = await startServer((client) => {
    const upstream = forward(client);
    stops.push(() => client.unpipe(upstream));
  });
  const database = openImpatient(port);
  await waitUntil('it is connected', async () => database.check().then(() => true));
  for (const stopForwarding of stops) stopForwarding();
  expect(await database.commit(sql`select 1`).catch((error) => error)).toBeInstanceOf(CommitUnknown);
});

test('a statement that failed while the server was unavailable does not run when it recovers', async () => {
  let hasRecovered = false;
  const port = await startServer((client) => {
    if (hasRecovered) forward(client);
    else client.end();
  });
  await read(sql`create table late_statements (id int)`);
  const database = openImpatient(port);
  const waiting = await database.commit(sql`insert into late_statements values (${1}::int)`).catch((error) => error);
  expect([waiting.code, waiting instanceof CommitUnknown]).toEqual(['unavailable', false]);
  hasRecovered = true;
  await waitUntil('it has recovered', async () => database.check().then(() => true));
  // A statement that was still waiting would be sent now, because reconnecting takes a third of a second at most.
  const end = performance.now() + 2 * impatient.answerMs;
  while (performance.now() < end) expect(await readSettled('late_statements')).toEqual([]);
});
