import { createDatabase } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { expect, inject, onTestFinished, test } from 'vitest';
import { assertSchema, type Database, migrateDatabase, openDatabase } from '../src/index.ts';

async function open(migrated: boolean): Promise<{ database: Database; config: Parameters<typeof openDatabase>[0] }> {
  const { config, drop } = await createDatabase(inject('services').postgres, { migrated });
  const database = openDatabase(config);
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  return { database, config };
}

test('accepts the schema of this build, and rejects an older one and a newer one with one line', async () => {
  const { database } = await open(true);
  await expect(assertSchema(database)).resolves.toBeUndefined();
  const shift = (by: number) =>
    database.run((executor) =>
      executor.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + ${by}`),
    );
  await shift(1);
  await expect(assertSchema(database)).rejects.toThrow(/newer than this build/);
  await shift(-2);
  await expect(assertSchema(database)).rejects.toThrow(/older than this build: run `bun run migrate` first/);
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
