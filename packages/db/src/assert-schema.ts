import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Database, Executor } from './database.ts';
import { readCode } from './database-error.ts';
import { migrationsFolder } from './migrate-database.ts';

/**
 * Returns when the database has exactly the schema of this build.
 *
 * @throws Error when the schema is older or newer, or Postgres refuses the user or the database; its message is one line that
 *   says what to do
 * @throws AppError `unavailable`, retryable, when Postgres is unavailable
 */
export async function assertSchema(database: Database): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis ?? 0;
  const applied = await database.run(findLatestMigration).catch((error) => {
    throw explainRefusal(error) ?? error;
  });
  if (applied < known) throw new Error('The database schema is older than this build: run `bun run migrate` first.');
  if (applied > known) throw new Error('The database schema is newer than this build: start a newer build.');
}

async function findLatestMigration(executor: Executor): Promise<number> {
  const tables = await executor.execute(sql`select to_regclass('drizzle.__drizzle_migrations') as name`);
  const rows = tables[0]?.name
    ? await executor.execute(sql`select max(created_at)::float8 as latest from drizzle.__drizzle_migrations`)
    : [];
  return Number(rows[0]?.latest ?? 0);
}

/** Waiting does not help against a wrong password or name, so the error says which variable to check. */
function explainRefusal(error: unknown): Error | undefined {
  const code = readCode(error);
  if (code === '28P01' || code === '28000')
    return new Error('Postgres rejects the user: check POSTGRES_USER and POSTGRES_PASSWORD.', { cause: error });
  if (code === '3D000') return new Error('The database does not exist: check POSTGRES_DB.', { cause: error });
}
