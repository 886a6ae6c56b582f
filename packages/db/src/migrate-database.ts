import { fileURLToPath } from 'node:url';
import type { PostgresConfig } from '@thumbnail-api/config';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { toAddress } from './open-pool.ts';

/** The migrations as drizzle-kit wrote them. */
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

/** Any number will do as long as nobody else on this database locks the same. */
const migrationLock = 0x7468_756d;

/**
 * Applies every migration that this database does not have yet; none is no work.
 *
 * Two at once are safe: the second waits for the first, then finds nothing to do.
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
