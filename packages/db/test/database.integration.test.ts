import { createDatabase, findFreePort, type TestDatabase } from '@thumbnail-api/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { assertSchema, CommitUnknown, type Database, images, openDatabase } from '../src/index.ts';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createDatabase(inject('services').postgres);
  database = openDatabase(testDatabase.config, 2);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const row = () => ({ id: Bun.randomUUIDv7(), owner: 'everybody', type: 'image/png', bytes: 1, sha256: 'a'.repeat(64) });
const count = () => database.run((executor) => executor.$count(images));

test('a transaction whose work throws is rolled back and throws the same error', async () => {
  const before = await count();
  const failure = new Error('failure');
  const failing = database.transaction(async (transaction) => {
    await transaction.insert(images).values(row());
    throw failure;
  });
  await expect(failing).rejects.toBe(failure);
  expect(await count()).toBe(before);
});

test('a statement that commits by itself is stored when it succeeds and changes nothing when it fails', async () => {
  const before = await count();
  const insert = (bytes: number) => {
    const { id, owner, type, sha256 } = row();
    return sql`insert into images (id, owner, type, bytes, sha256)
      values (${id}, ${owner}, ${type}, ${bytes}::bigint, ${sha256}) returning bytes::int`;
  };
  expect([...(await database.commit(insert(7)))]).toEqual([{ bytes: 7 }]);
  await expect(database.commit(sql`${insert(7)}, 1 / ${0}::int`)).rejects.toMatchObject({ code: '22012' });
  expect(await count()).toBe(before + 1);
});

test('a COMMIT that the server rejects has a known outcome: nothing is committed', async () => {
  const before = await count();
  const rejected = database.transaction(async (transaction) => {
    await transaction.execute(sql`create table pairs (id int unique deferrable initially deferred)`);
    await transaction.insert(images).values(row());
    await transaction.execute(sql`insert into pairs values (1), (1)`);
  });
  const error = await rejected.catch((error) => error);
  expect([error.code, error instanceof CommitUnknown]).toEqual(['23505', false]);
  expect(await count()).toBe(before);
});

test('reads the clock again when the last result is too old, and after a failure', async () => {
  const first = await database.readClock(0);
  expect(await database.readClock(60_000)).toBe(first);
  expect(await database.readClock(0)).not.toBe(first);
  const unreachable = openDatabase({ ...testDatabase.config, port: await findFreePort() }, 1);
  const unavailable = { code: 'unavailable' };
  await expect(unreachable.readClock(60_000)).rejects.toMatchObject(unavailable);
  await expect(unreachable.readClock(60_000)).rejects.toMatchObject(unavailable);
  await unreachable.close();
});

test('a statement runs once', async () => {
  const before = await count();
  await database.run((executor) => executor.insert(images).values(row()));
  expect(await count()).toBe(before + 1);
});

test('each connection prepares a statement once, also within a transaction', async () => {
  const single = openDatabase(testDatabase.config, 1);
  for (const _ of [1, 2]) {
    await single.run((executor) => executor.insert(images).values(row()));
    await single.transaction((transaction) => transaction.delete(images).where(eq(images.bytes, 2)));
  }
  const kept = await single.run((executor) =>
    executor.execute(
      sql`select split_part(statement, ' ', 1) as verb from pg_prepared_statements where statement like '%"images"%' order by 1`,
    ),
  );
  expect(kept.map(({ verb }) => verb)).toEqual(['delete', 'insert']);
  await single.close();
});

test('an error of the statement is not reported as an unavailable database', async () => {
  const failing = database.run((executor) => executor.execute(sql`select 1 / 0`));
  await expect(failing).rejects.not.toMatchObject({ code: 'unavailable' });
});

test('every call fails with a retryable `unavailable` when no server listens', async () => {
  const unreachable = openDatabase({ ...testDatabase.config, port: await findFreePort() }, 1);
  const unavailable = { code: 'unavailable', retryable: true };
  await expect(unreachable.run((executor) => executor.execute(sql`select 1`))).rejects.toMatchObject(unavailable);
  await expect(unreachable.check()).rejects.toThrow();
  const commit = await unreachable.commit(sql`select 1`).catch((error) => error);
  expect([commit.code, commit instanceof CommitUnknown]).toEqual(['unavailable', false]);
  await unreachable.close();
});

test('replaces a connection that is cut', async () => {
  const cut = database.run((executor) => executor.execute(sql`select pg_terminate_backend(pg_backend_pid())`));
  await expect(cut).rejects.toMatchObject({ code: 'unavailable' });
  await expect(database.check()).resolves.toBeUndefined();
});

test('rejects a schema of another build with a line that says what to do', async () => {
  await expect(assertSchema(database)).resolves.toBeUndefined();
  const empty = await createDatabase(inject('services').postgres, { migrated: false });
  const unmigrated = openDatabase(empty.config, 1);
  await expect(assertSchema(unmigrated)).rejects.toThrow('older than this build: run `bun run migrate`');
  await unmigrated.close();
  await empty.drop();
  await database.run((executor) =>
    executor.execute(sql`insert into drizzle.later_migrations (hash, created_at)
      values ('next', 99999999999998), ('the one after it', 99999999999999)`),
  );
  await expect(assertSchema(database)).rejects.toThrow('newer than this build');
});
