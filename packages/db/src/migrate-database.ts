import { fileURLToPath } from 'node:url';
import type { PostgresConfig } from '@thumbnail-api/config';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { toAddress } from './open-pool.ts';

/** The folder of the migrations that drizzle-kit generated. */
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

/** The key of the advisory lock: an arbitrary number that nothing else in this database locks. */
const migrationLock = 0x7468_756d;

/**
 * Applies every migration that the database does not have yet.
 *
 * Concurrent calls are safe: the second waits for the first and then finds nothing to do.
 */
export async function migrateDatabase(config: PostgresConfig): Promise<void> {
  const client = postgres({
    ...toAddress(config),
    max: 1,
    connect_timeout: 10,
    onnotice: () => undefined,
  });
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    await client.end({ timeout: 5 });
  }
}
