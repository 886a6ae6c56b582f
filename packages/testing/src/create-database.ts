import { type PostgresConfig, Secret } from '@thumbnail-api/config';
import { grantService, migrateDatabase } from '@thumbnail-api/db';
import { migrateQueue } from '@thumbnail-api/queue';
import postgres from 'postgres';
import type { TestPostgres } from './test-services.ts';

/** A database for one test. */
export interface TestDatabase {
  /** With the role that owns the tables. */
  config: PostgresConfig;
  /** With the role of the API and the worker. */
  service: PostgresConfig;
  /** Closes all connections to the database and drops it. */
  drop(): Promise<void>;
}

/** Creates a database with all tables, or an empty one if `migrated` is false. */
export async function createDatabase(server: TestPostgres, { migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${Bun.randomUUIDv7().replaceAll('-', '')}`;
  const { host, port, user } = server;
  const template = migrated ? server.template : undefined;
  const config = { host, port, user, database: name, password: new Secret(server.password), tls: false };
  const service = { ...config, user: server.service.user, password: new Secret(server.service.password) };
  await runAsOwner(server, async (sql) => {
    await sql.unsafe(`create database ${name} template ${template ?? 'template1'}`);
    // A copy has the rights of its tables, but not those of its database.
    if (template) await sql.unsafe(`revoke create, temporary on database ${name} from public`);
  });
  if (migrated && !template) {
    await migrateDatabase(config);
    await migrateQueue({ queue: { kind: 'postgres', name: 'none' }, postgres: config });
    await grantService(config, service);
  }
  return {
    config,
    service,
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
