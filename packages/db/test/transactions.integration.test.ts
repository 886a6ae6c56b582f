import { createDatabase, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type Database, openDatabase, type Transaction } from '../src/index.ts';
import { openPool } from '../src/open-pool.ts';

let testDatabase: TestDatabase;
let admin: Database;
beforeAll(async () => {
  testDatabase = await createDatabase(inject('services').postgres, { migrated: false });
  admin = openDatabase(testDatabase.config, 1);
});
beforeEach(async () => {
  await admin.run((executor) => executor.execute(sql`drop table if exists notes`));
  await admin.run((executor) => executor.execute(sql`create table notes (text text not null)`));
});
afterAll(async () => {
  await admin.close();
  await testDatabase.drop();
});

const write = (transaction: Transaction, text: string) => transaction.execute(sql`insert into notes values (${text})`);
const readNotes = async () => {
  const rows = await admin.run((executor) => executor.execute(sql`select text from notes order by text`));
  return rows.map(({ text }) => text);
};
const cut = (pid: unknown) =>
  admin.run(async (executor) => {
    await executor.execute(sql`select pg_terminate_backend(${pid}::int)`);
  });
const isGone = (pid: unknown) =>
  admin.run(async (executor) => {
    const rows = await executor.execute(sql`select 1 from pg_stat_activity where pid = ${pid}::int`);
    return rows.length === 0;
  });

test('a transaction whose connection was cut writes nothing, whatever it does afterwards', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const wasCut = Promise.withResolvers<void>();
  const second = Promise.withResolvers<unknown>();
  const pid = Promise.withResolvers<unknown>();
  const outcome = database
    .transaction(async (transaction) => {
      const [row] = await transaction.execute(sql`select pg_backend_pid() as pid`);
      await write(transaction, 'first');
      pid.resolve(row?.pid);
      await wasCut.promise;
      second.resolve(
        await write(transaction, 'second').then(
          () => 'written',
          () => 'refused',
        ),
      );
    })
    .then(
      () => 'committed',
      () => 'failed',
    );
  const backend = await pid.promise;
  await cut(backend);
  await waitUntil('the backend is gone', () => isGone(backend));
  // Makes the pool connect again, on the connection object that the transaction still holds.
  await waitUntil('the pool has a new connection', async () => {
    const ask = database.run((executor) => executor.execute(sql`select 1`));
    return ask.then(
      () => true,
      () => false,
    );
  });
  wasCut.resolve();
  expect([await second.promise, await outcome]).toEqual(['refused', 'failed']);
  expect(await readNotes()).toEqual([]);
  await database.close();
});

// More than the 100 that the driver sends ahead: the others wait in the transaction.
test('statements that a transaction has queued fail when its connection is cut', async () => {
  const database = openDatabase(testDatabase.config, 1);
  const pid = Promise.withResolvers<unknown>();
  const outcomes = Promise.withResolvers<string[]>();
  const outcome = database
    .transaction(async (transaction) => {
      const [row] = await transaction.execute(sql`select pg_backend_pid() as pid`);
      const statements = [
        sql`select pg_sleep(60)`,
        ...Array.from({ length: 150 }, () => sql`insert into notes values ('x')`),
      ];
      const running = statements.map((statement) => transaction.execute(statement));
      pid.resolve(row?.pid);
      outcomes.resolve((await Promise.allSettled(running)).map(({ status }) => status));
    })
    .then(
      () => 'committed',
      () => 'failed',
    );
  await cut(await pid.promise);
  expect(await outcomes.promise).toEqual(Array(151).fill('rejected'));
  expect(await outcome).toBe('failed');
  expect(await readNotes()).toEqual([]);
  await database.close();
});

test.each([98, 99, 100, 101])(
  'a transaction that begins behind %i statements has its connection to itself',
  async (before) => {
    const { client } = openPool(testDatabase.config, 1);
    await client`select 1`;
    const asked = Array.from({ length: before }, () => client`select 1`.execute());
    const rolledBack = expect(
      client.begin(async (transaction) => {
        await transaction`insert into notes values ('rolled back')`;
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
    const after = client`insert into notes values ('kept')`.execute();
    await Promise.all([...asked, rolledBack, after]);
    expect(await readNotes()).toEqual(['kept']);
    await client.end({ timeout: 1 });
  },
);
