import { createDatabase } from '@thumbnail-api/testing';
import { type SQL, sql } from 'drizzle-orm';
import { expect, inject, onTestFinished, test } from 'vitest';
import { assertSchema, type Database, migrateDatabase, openDatabase } from '../src/index.ts';
import { migrations, oldestUsableMigration } from '../src/migrations.ts';

async function open(migrated: boolean): Promise<{ database: Database; config: Parameters<typeof openDatabase>[0] }> {
  const { config, drop } = await createDatabase(inject('services').postgres, { migrated });
  const database = openDatabase(config);
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  return { database, config };
}

test('accepts the schema of this build and one migration more, and rejects others with one line that says what to do', async () => {
  const { database } = await open(true);
  const execute = (statement: SQL) => database.run((executor) => executor.execute(statement));
  const addMigration = sql`insert into drizzle.later_migrations (hash, created_at)
    select '', max(created_at) + 1 from drizzle.later_migrations`;
  await expect(assertSchema(database)).resolves.toBeUndefined();
  await execute(addMigration);
  await expect(assertSchema(database)).resolves.toBeUndefined();
  await execute(addMigration);
  await expect(assertSchema(database)).rejects.toThrow(/newer than this build by 2 migrations: start a newer build/);
  await execute(sql`delete from drizzle.later_migrations`);
  await expect(assertSchema(database)).rejects.toThrow(/older than this build: run `bun run migrate` first/);
});

test('the migration that this build cannot do without is one of its own', () => {
  expect(migrations.map(({ name }) => name)).toContain(oldestUsableMigration);
});

test('the table that 0.1.0 reads names only the migration that 0.1.0 knows, so that 0.1.0 can be started again', async () => {
  const { database } = await open(true);
  const rows = await database.run((executor) =>
    executor.execute(sql`select created_at::float8 as at from drizzle.__drizzle_migrations`),
  );
  expect(rows.map(({ at }) => at)).toEqual([1_795_224_154_664]);
});

test('rejects a database without a schema', async () => {
  const { database } = await open(false);
  await expect(assertSchema(database)).rejects.toThrow(/run `bun run migrate` first/);
});

test('concurrent migrations apply each migration once', async () => {
  const { database, config } = await open(false);
  await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(config)));
  await expect(assertSchema(database)).resolves.toBeUndefined();
  const applied = await database.run((executor) =>
    executor.execute(sql`select created_at from drizzle.__drizzle_migrations group by 1 having count(*) > 1`),
  );
  expect(applied).toHaveLength(0);
});
