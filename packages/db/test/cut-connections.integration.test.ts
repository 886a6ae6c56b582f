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

const ask = (database: Database) => database.run((executor) => executor.execute(sql`select 1 as one`));
const cutAll = sql`select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** What the driver said at the bottom of an error. */
function readCode(error: unknown): string {
  let source = error;
  while (source instanceof Error && source.cause) source = source.cause;
  return source instanceof Error && 'code' in source ? String(source.code) : String(source);
}

test('a cut of every connection costs the statements on them, and never those that come after', async () => {
  const database = openDatabase(testDatabase.config, 6);
  const admin = openDatabase(testDatabase.config, 1);
  const codes = new Set<string>();
  let cutting = true;
  const load = async () => {
    while (cutting) {
      const note = (error: unknown) => codes.add(readCode(error));
      const twice = async (transaction: Transaction) => {
        await transaction.execute(sql`select 1`);
        await transaction.execute(sql`select 2`);
      };
      await Promise.all([ask(database).catch(note), database.transaction(twice).catch(note)]);
      await Bun.sleep(2);
    }
  };
  const loads = Array.from({ length: 4 }, load);
  for (let cut = 0; cut < 25; cut += 1) {
    await Bun.sleep(40);
    await admin.run((executor) => executor.execute(cutAll));
  }
  cutting = false;
  await Promise.all(loads);
  // A connection that is made anew and on which nothing is ever sent ends so, three seconds later.
  expect([...codes]).not.toContain('CONNECT_TIMEOUT');
  const many = () => Promise.all(Array.from({ length: 20 }, () => ask(database)));
  await waitUntil('the last cut is over', async () => (await many()).length === 20);
  await Promise.all([database.close(), admin.close()]);
});

test('a statement does not end as the one before it on a connection that was cut', async () => {
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
  await waitUntil('all are at work', async () => (await count(sql`wait_event = 'PgSleep'`)) === 6);
  await admin.run((executor) => executor.execute(cutAll));
  expect((await cut).map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
  await waitUntil('all are gone', async () => (await count(sql`true`)) === 0);
  // A socket that is heard to close only now takes along what was just sent on it: a cut of its own.
  const closed = ['CONNECTION_CLOSED', 'ECONNRESET', 'EPIPE'];
  const outcomes = new Set<string>();
  await waitUntil('six are answered', async () => {
    const asked = Array.from({ length: 6 }, () => ask(database).then((rows) => JSON.stringify(rows), readCode));
    const round = await Promise.all(asked);
    for (const outcome of round) outcomes.add(outcome);
    return !round.some((outcome) => closed.includes(outcome));
  });
  expect([...outcomes].filter((outcome) => !closed.includes(outcome))).toEqual(['[{"one":1}]']);
  await Promise.all([database.close(), admin.close()]);
});

test('a server that is away is asked by every statement, and the first one after finds it again', async () => {
  const port = await findFreePort();
  const database = openDatabase({ ...testDatabase.config, port }, 2);
  const codes: string[] = [];
  for (let statement = 0; statement < 12; statement += 1) codes.push(await ask(database).then(String, readCode));
  // Not one was kept waiting until its deadline for a connection that rests.
  expect(codes).toEqual(Array(12).fill('ECONNREFUSED'));
  const { host, port: target } = testDatabase.config;
  const server = createServer((client) => {
    const upstream = connect({ host, port: target });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await ask(database)).toHaveLength(1);
  await database.close();
  server.close();
});

/** Waits until a statement sleeps in the server, and cuts it there. */
async function cutAsleep(admin: Database): Promise<void> {
  await waitUntil('it is at work', async () => {
    const [row] = await admin.run((executor) =>
      executor.execute(sql`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'`),
    );
    return Number(row?.count) === 1;
  });
  await admin.run((executor) => executor.execute(cutAll));
}

test('of a transaction that is cut before its COMMIT nothing was committed', async () => {
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

test('nobody knows of a transaction that was cut at its COMMIT whether it was committed', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const admin = openDatabase(testDatabase.config, 1);
  // A deferred trigger keeps the COMMIT itself at work, so that the cut meets it there and not a moment before.
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
  await cutAsleep(admin);
  expect(await cut).toBeInstanceOf(CommitUnknown);
  await Promise.all([database.close(), admin.close()]);
});

test('nobody knows of a statement that was cut at work whether it was committed', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const admin = openDatabase(testDatabase.config, 1);
  const cut = database.commit(sql`select pg_sleep(${60}::int)`).catch((error) => error);
  await cutAsleep(admin);
  expect(await cut).toBeInstanceOf(CommitUnknown);
  await Promise.all([database.close(), admin.close()]);
});
