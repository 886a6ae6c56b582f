import { sql } from 'drizzle-orm';
import type { Database, Executor } from './database.ts';
import { migrations, migrationTables, oldestUsableMigration, unknownMigrationsMax } from './migrations.ts';

/**
 * Returns when this build works on the schema of the database: its own, an older one back to
 * {@link oldestUsableMigration}, or one that is {@link unknownMigrationsMax} migration newer.
 *
 * @throws Error when the schema is older or newer; its message is one line that says what to do
 */
export async function assertSchema(database: Database): Promise<void> {
  const oldest = migrations.find(({ name }) => name === oldestUsableMigration)?.createdAt ?? 0;
  const latest = migrations.at(-1)?.createdAt ?? 0;
  const applied = await database.run(findApplied);
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
