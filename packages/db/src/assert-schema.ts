import { sql } from 'drizzle-orm';
import type { Database, Executor } from './database.ts';
import { readCode } from './database-error.ts';
import { migrations, migrationTables, oldestUsableMigration, unknownMigrationsMax } from './migrations.ts';

/**
 * Returns when this build works on the schema of the database: its own, an older one back to
 * {@link oldestUsableMigration}, or one that is {@link unknownMigrationsMax} migration newer.
 *
 * @throws Error when the schema is older or newer, or Postgres refuses the user or the database; its message is one line that
 *   says what to do
 * @throws AppError `unavailable`, retryable, when Postgres is unavailable
 */
export async function assertSchema(database: Database): Promise<void> {
  const oldest = migrations.find(({ name }) => name === oldestUsableMigration)?.createdAt ?? 0;
  const latest = migrations.at(-1)?.createdAt ?? 0;
  const applied = await database.run(findApplied).catch((error) => {
    throw explainRefusal(error) ?? error;
  });
  if (!applied.some((createdAt) => createdAt >= oldest))
    throw new Error('The database schema is older than this build: run `bun run migrate` first.');
  const unknown = applied.filter((createdAt) => createdAt > latest);
  if (unknown.length > unknownMigrationsMax)
    throw new Error(
      `The database schema is newer than this build by ${unknown.length} migrations: start a newer build.`,
    );
}

async function findApplied(executor: Executor): Promise<number[]> {
  const applied: number[] = [];
  for (const table of migrationTables) {
    const name = `drizzle.${table}`;
    const [found] = await executor.execute(sql`select to_regclass(${name}) as name`);
    if (!found?.name) continue;
    const rows = await executor.execute(sql`select created_at::float8 as at from ${sql.raw(name)}`);
    applied.push(...rows.map(({ at }) => Number(at)));
  }
  return applied;
}

/** Waiting does not help against a wrong password or name, so the error says which variable to check. */
function explainRefusal(error: unknown): Error | undefined {
  const code = readCode(error);
  if (code === '28P01' || code === '28000')
    return new Error('Postgres rejects the user: check POSTGRES_USER and POSTGRES_PASSWORD.', { cause: error });
  if (code === '3D000') return new Error('The database does not exist: check POSTGRES_DB.', { cause: error });
}
