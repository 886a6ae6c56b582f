import type postgres from 'postgres';
import { type Migration, migrations, migrationTables, tableOf } from './migrations.ts';

/**
 * How long a statement may wait for a lock. Other statements on the same table queue up behind it meanwhile, so this is
 * shorter than the deadline of any request.
 */
const lockTimeout = '2s';

/** Applies the migrations that the database does not have yet, each in a transaction of its own. */
export async function applyMigrations(client: postgres.Sql): Promise<void> {
  await client`create schema if not exists drizzle`;
  for (const table of migrationTables) {
    await client`create table if not exists drizzle.${client(table)}
      (id serial primary key, hash text not null, created_at bigint)`;
  }
  for (const migration of migrations) {
    if (!(await isApplied(client, migration))) await apply(client, migration);
  }
}

async function isApplied(client: postgres.Sql, migration: Migration): Promise<boolean> {
  const rows = await client`
    select 1 from drizzle.${client(tableOf(migration))} where created_at >= ${migration.createdAt} limit 1`;
  return rows.length > 0;
}

async function apply(client: postgres.Sql, migration: Migration): Promise<void> {
  await client.begin(async (transaction) => {
    await transaction`select set_config('lock_timeout', ${lockTimeout}, true)`;
    for (const statement of migration.statements) await transaction.unsafe(statement);
    await transaction`
      insert into drizzle.${transaction(tableOf(migration))} (hash, created_at)
      values (${migration.hash}, ${migration.createdAt})`;
  });
}
