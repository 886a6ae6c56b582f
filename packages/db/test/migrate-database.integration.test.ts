import { createDatabase, waitUntil } from '@thumbnail-api/testing';
import postgres from 'postgres';
import { expect, inject, onTestFinished, test } from 'vitest';
import { assertSchema, migrateDatabase, openDatabase } from '../src/index.ts';
import { openTransactionPooler } from './transaction-pooler.ts';

const migrationLock = 0x7468_756d;

/** An empty database, and a session on it that can hold locks. */
async function open({ migrated = false } = {}) {
  const { config, drop } = await createDatabase(inject('services').postgres, { migrated });
  const { host, port, database, user } = config;
  const password = config.password?.reveal() ?? '';
  const options = { max: 1, connection: { application_name: 'the holder' }, onnotice: () => undefined };
  const holder = postgres({ host, port, database, user, password, ...options });
  onTestFinished(async () => {
    await holder.end({ timeout: 1 });
    await drop();
  });
  const [row] = await holder`select pg_backend_pid() as pid`;
  return { config, holder, pid: Number(row?.pid) };
}

test('names the session that holds the lock of the migration, and gives up after the given time', async () => {
  const { config, holder, pid } = await open();
  await holder`select pg_advisory_lock(${migrationLock})`;
  const blocked: unknown[] = [];
  const migrating = migrateDatabase(config, { waitMs: 1_500, onBlocked: (sessions) => blocked.push(...sessions) });
  await expect(migrating).rejects.toThrow(
    new RegExp(`gave up after 1.5 s: .* held by the session ${pid} \\(user .*, application the holder, from .*, idle`),
  );
  expect(blocked).toMatchObject([{ pid, application: 'the holder' }]);
});

test('names the transaction that reads a table it must alter, lets others use the table, and continues when it ends', async () => {
  const { config, holder, pid } = await open({ migrated: true });
  // The schema of 0.1.0.
  await holder.unsafe(`drop table coverage, owner_turns, owner_storage; delete from drizzle.later_migrations;
    alter table idempotency_keys drop column batch_id, drop column result;
    alter table images drop column checksum, drop column delete_after;
    alter table api_keys drop column expires_at;
    alter table jobs drop column missing_since, drop column delete_after, drop column fair_start, drop column cost_ms,
      drop column trace`);
  const database = openDatabase(config, 1);
  onTestFinished(() => database.close());
  await expect(assertSchema(database)).rejects.toThrow(/older than this build/);
  const reading = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const report = holder.begin(async (transaction) => {
    await transaction`select count(*) from jobs`;
    reading.resolve();
    await finish.promise;
  });
  await reading.promise;
  const blocked: unknown[] = [];
  const migrating = migrateDatabase(config, { onBlocked: (sessions) => blocked.push(...sessions) });
  await waitUntil('the migration waits', async () => blocked.length > 0);
  expect(blocked).toMatchObject([{ pid, state: 'idle in transaction' }]);
  await database.run((executor) => executor.execute('select count(*) from jobs'));
  finish.resolve();
  await report;
  await migrating;
  await expect(assertSchema(database)).resolves.toBeUndefined();
});

test('refuses a pooler in transaction mode, and changes nothing', async () => {
  const { config, holder } = await open();
  const pooler = await openTransactionPooler(config);
  onTestFinished(() => pooler.close());
  await expect(migrateDatabase({ ...config, host: '127.0.0.1', port: pooler.port })).rejects.toThrow(
    /pooler in transaction mode/,
  );
  expect(await holder`select 1 from pg_namespace where nspname = 'drizzle'`).toHaveLength(0);
});
