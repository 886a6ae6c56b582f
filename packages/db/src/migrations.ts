import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import journal from '../migrations/meta/_journal.json' with { type: 'json' };

/** The folder of the migrations that drizzle-kit generated. */
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

/** One migration of the folder. */
export interface Migration {
  /** The name of its file, without the extension. */
  name: string;
  /** When it was generated, in milliseconds. A later migration has a later time. */
  createdAt: number;
  statements: string[];
  hash: string;
}

/** Every migration of this build, oldest first. */
export const migrations: readonly Migration[] = readMigrationFiles({ migrationsFolder }).map(
  ({ folderMillis, sql, hash }, index) => ({
    name: journal.entries[index]?.tag ?? '',
    createdAt: folderMillis,
    statements: sql,
    hash,
  }),
);

/**
 * The oldest schema that this build works on, by its last migration: the code reads the columns that this migration adds.
 * Change it with a migration that the code cannot do without.
 */
export const oldestUsableMigration = '0002_walls';

/** How many migrations a schema may have that this build does not know. Each migration keeps the version before it working. */
export const unknownMigrationsMax = 1;

/** The only migration of 0.1.0. */
const firstMigration = '0000_init';

/**
 * The table, in the schema `drizzle`, that records a migration as applied.
 *
 * 0.1.0 starts only if the first table names nothing but the migration that it knows. Later migrations are recorded in
 * another one, so that 0.1.0 can still be started after them: going back to it needs no backup.
 */
export const tableOf = ({ name }: Pick<Migration, 'name'>): MigrationTable =>
  name === firstMigration ? '__drizzle_migrations' : 'later_migrations';

export type MigrationTable = '__drizzle_migrations' | 'later_migrations';
export const migrationTables: readonly MigrationTable[] = ['__drizzle_migrations', 'later_migrations'];
