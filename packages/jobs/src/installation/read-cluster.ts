import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/**
 * Reads the identity of the Postgres cluster: its system identifier and the timeline of its log. A restored backup or a
 * promoted standby changes it.
 *
 * @returns `unknown` if the role may not read it
 */
export async function readCluster({ database, log }: Pick<JobsDeps, 'database' | 'log'>): Promise<string> {
  const [privileges] = await database.run((executor) =>
    executor.execute(
      sql`select has_function_privilege('pg_control_system()', 'execute') and has_function_privilege('pg_current_wal_lsn()', 'execute') as "mayRead"`,
    ),
  );
  if (!privileges?.mayRead) {
    log.debug('the database role may not read which Postgres cluster this is');
    return 'unknown';
  }
  const [row] = await database.run((executor) =>
    executor.execute(
      sql`select system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) as name from pg_control_system()`,
    ),
  );
  return String(row?.name);
}
