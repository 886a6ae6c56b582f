import { type PostgresConfig, Secret } from '@thumbnail-api/config';
import { migrateDatabase } from '@thumbnail-api/db';
import { migrateQueue } from '@thumbnail-api/queue';
import postgres from 'postgres';
import type { TestPostgres } from './test-services.ts';

/** A database for one test. */
export interface TestDatabase {
  config: PostgresConfig;
  /** Closes all connections to the database and drops it. */
  drop(): Promise<void>;
}

/** Creates a database with all tables, or an empty one if `migrated` is false. */
export async function createDatabase(server: TestPostgres, { migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${Bun.randomUUIDv7().replaceAll('-', '')}`;
  const { host, port, user } = server;
  const template = migrated ? server.template : undefined;
  const config = { host, port, user, database: name, password: new Secret(server.password), tls: false };
  await runAsOwner(server, (sql) => sql.unsafe(`create database ${name} template ${template ?? 'template1'}`));
  if (migrated && !template) {
    await migrateDatabase(config);
    await migrateQueue({ queue: { kind: 'postgres', name: 'none' }, postgres: config });
  }
  return {
    config,
    drop: () => runAsOwner(server, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`)),
  };
}

/** Creates the database that {@link createDatabase} copies. It is dropped with its server. */
export const createTemplate = async (server: Omit<TestPostgres, 'template'>): Promise<string> =>
  (await createDatabase(server)).config.database;

async function runAsOwner(server: TestPostgres, work: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const { host, port, user, password, database } = server;
  const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
