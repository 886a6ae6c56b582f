import { type Executor, installation } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/**
 * Returns the id of this installation, and creates it at the first call on a database. Every later call returns the same.
 *
 * @throws AppError `unavailable`
 */
export async function getInstallationId({ database }: Pick<JobsDeps, 'database'>): Promise<string> {
  return (await database.run(findId)) ?? (await database.run(createId));
}

async function findId(executor: Executor): Promise<string | undefined> {
  const [row] = await executor.select({ id: installation.id }).from(installation);
  return row?.id;
}

async function createId(executor: Executor): Promise<string> {
  const [row] = await executor
    .insert(installation)
    .values({ id: Bun.randomUUIDv7() })
    // An update that changes nothing, so that the row of another process is returned.
    .onConflictDoUpdate({ target: installation.only, set: { only: sql`true` } })
    .returning({ id: installation.id });
  if (!row) throw new Error('INSERT into installation returned no row');
  return row.id;
}
