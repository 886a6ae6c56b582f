import { connect, createServer } from 'node:net';
import { createDatabase, findFreePort, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CommitUnknown, type Database, openDatabase, type Transaction } from '../src/index.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createDatabase(inject('services').postgres, { migrated: false });
});
afterAll(() => testDatabase.drop());

const selectOne = (database: Database) => database.run((executor) => executor.execute(sql`select 1 as one`));
const cutAll = sql`select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** The code of the innermost cause of an error: that of the driver. */
function readCode(error: unknown): string {
  let source = error;
  while (source instanceof Error && source.cause) source = source.cause;
  return source instanceof Error && 'code' in source ? String(source.code) : String(source);
}

test('cutting all connections fails the statements on them and no later statement', async () => {
  const database = openDatabase(testDatabase.config, 6);
  const admin = openDatabase(testDatabase.config, 1);
  const codes = new Set<string>();
  let isCutting = true;
  const load = async () => {
    while (isCutting) {
      const note = (error: unknown) => codes.add(readCode(error));
      const twice = async (transaction: Transaction) => {
        await transaction.execute(sql`select 1`);
        await transaction.execute(sql`select 2`);
      };
      await Promise.all([selectOne(database).catch(note), database.transaction(twice).catch(note)]);
      await Bun.sleep(2);
    }
  };
  const loads = Array.from({ length: 4 }, load);
  for (let cut = 0; cut < 25; cut += 1) {
    await Bun.sleep(40);
    await admin.run((executor) => executor.execute(cutAll));
  }
  isCutting = false;
  await Promise.all(loads);
  // The driver reports this code, three seconds later, for a new connection on which it never sends anything.
  expect([...codes]).not.toContain('CONNECT_TIMEOUT');
  const many = () => Promise.all(Array.from({ length: 20 }, () => selectOne(database)));
  await waitUntil('statements succeed after the last cut', async () => (await many()).length === 20);
  await Promise.all([database.close(), admin.close()]);
});

test('a statement does not get the outcome of the previous statement on a connection that was cut', async () => {
  const database = openDatabase(testDatabase.config, 6);
  const admin = openDatabase(testDatabase.config, 1);
  const count = async (where: SQL) => {
    const [row] = await admin.run((executor) =>
      executor.execute(sql`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and ${where}`),
    );
    return Number(row?.count);
  };
  const sleep = sql`select pg_sleep(60)`;
  const cut = Promise.allSettled(Array.from({ length: 6 }, () => database.run((executor) => executor.execute(sleep))));
  await waitUntil('all statements are running', async () => (await count(sql`wait_event = 'PgSleep'`)) === 6);
  await admin.run((executor) => executor.execute(cutAll));
  expect((await cut).map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
  await waitUntil('all connections are closed', async () => (await count(sql`true`)) === 0);
  // A connection may turn out to be closed only when a statement is sent on it: that statement fails too.
  const closed = ['CONNECTION_CLOSED', 'ECONNRESET', 'EPIPE'];
  const outcomes = new Set<string>();
  await waitUntil('six statements succeed', async () => {
    const answers = Array.from({ length: 6 }, () => selectOne(database).then((rows) => JSON.stringify(rows), readCode));
    const round = await Promise.all(answers);
    for (const outcome of round) outcomes.add(outcome);
    return !round.some((outcome) => closed.includes(outcome));
  });
  expect([...outcomes].filter((outcome) => !closed.includes(outcome))).toEqual(['[{"one":1}]']);
  await Promise.all([database.close(), admin.close()]);
});

test('every statement tries to connect to an unavailable server, and the first one after recovery succeeds', async () => {
  const port = await findFreePort();
  const database = openDatabase({ ...testDatabase.config, port }, 2);
  const codes: string[] = [];
  for (let statement = 0; statement < 12; statement += 1) codes.push(await selectOne(database).then(String, readCode));
  // No statement waited until its deadline for a connection that pauses between tries.
  expect(codes).toEqual(Array(12).fill('ECONNREFUSED'));
  const { host, port: target } = testDatabase.config;
  const server = createServer((client) => {
    const upstream = connect({ host, port: target });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await selectOne(database)).toHaveLength(1);
  await database.close();
  server.close();
});

/** Waits until a statement sleeps in the server, then cuts its connection. */
async function cutSleepingStatement(admin: Database): Promise<void> {
  await waitUntil('the statement sleeps', async () => {
    const [row] = await admin.run((executor) =>
      executor.execute(sql`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'`),
    );
    return Number(row?.count) === 1;
  });
  await admin.run((executor) => executor.execute(cutAll));
}

test('a transaction that is cut before its COMMIT commits nothing', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const admin = openDatabase(testDatabase.config, 1);
  const cut = database.transaction(async (transaction) => {
    await transaction.execute(sql`select 1`);
    await admin.run((executor) => executor.execute(cutAll));
    await transaction.execute(sql`select 2`);
  });
  const error = await cut.catch((error) => error);
  expect([error.code, error instanceof CommitUnknown]).toEqual(['unavailable', false]);
  await Promise.all([database.close(), admin.close()]);
});

test('the commit outcome of a transaction that is cut during its COMMIT is unknown', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const admin = openDatabase(testDatabase.config, 1);
  // A deferred trigger makes the COMMIT itself sleep, so that the cut happens during the COMMIT.
  for (const statement of [
    sql`create table slow_commits (id int)`,
    sql`create function sleep_long() returns trigger language plpgsql as 'begin perform pg_sleep(60); return null; end'`,
    sql`create constraint trigger sleeps after insert on slow_commits deferrable initially deferred
      for each row execute function sleep_long()`,
  ]) {
    await admin.run((executor) => executor.execute(statement));
  }
  const insert = sql`insert into slow_commits values (1)`;
  const cut = database.transaction((transaction) => transaction.execute(insert)).catch((error) => error);
  await cutSleepingStatement(admin);
  expect(await cut).toBeInstanceOf(CommitUnknown);
  await Promise.all([database.close(), admin.close()]);
});

test('the commit outcome of a statement that is cut while it runs is unknown', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const admin = openDatabase(testDatabase.config, 1);
  const cut = database.commit(sql`select pg_sleep(${60}::int)`).catch((error) => error);
  await cutSleepingStatement(admin);
  expect(await cut).toBeInstanceOf(CommitUnknown);
  await Promise.all([database.close(), admin.close()]);
});
