import { batches } from '@thumbnail-api/db';
import { inArray, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

const batchMax = 1_000;
/** A batch without jobs still shows why its files were refused. */
const keptHours = 24;

/** Deletes batches that have had no job for 24 hours; at most 1 000 a call. Returns how many. */
export async function deleteEmptyBatches({ database }: Pick<JobsDeps, 'database'>): Promise<number> {
  const isExpired = lt(batches.emptySince, sql`now() - ${keptHours} * interval '1 hour'`);
  const rows = await database.run((executor) => {
    const ids = executor.select({ id: batches.id }).from(batches).where(isExpired).limit(batchMax);
    return executor.delete(batches).where(inArray(batches.id, ids)).returning({ id: batches.id });
  });
  return rows.length;
}
