import { type PostgresConfig, Secret } from '@thumbnail-api/config';
import { migrateDatabase } from '@thumbnail-api/db';
import { migrateQueue } from '@thumbnail-api/queue';
import postgres from 'postgres';
import type { TestPostgres } from './test-services.ts';

/** A database of one test. */
export interface TestDatabase {
  config: PostgresConfig;
  /** Cuts every connection and removes it. */
  drop(): Promise<void>;
}

/** Makes an empty database, and with `migrated` one that the apps can start on. */
export async function createDatabase(parts: TestPostgres, { migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${Bun.randomUUIDv7().replaceAll('-', '')}`;
  const { host, port, user } = parts;
  const config = { host, port, user, database: name, password: new Secret(parts.password), tls: false };
  await administer(parts, (sql) => sql.unsafe(`create database ${name}`));
  if (migrated) {
    await migrateDatabase(config);
    await migrateQueue({ queue: { kind: 'postgres', name: 'none' }, postgres: config });
  }
  return { config, drop: () => administer(parts, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`)) };
}

async function administer(parts: TestPostgres, work: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const { host, port, user, password, database } = parts;
  const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
