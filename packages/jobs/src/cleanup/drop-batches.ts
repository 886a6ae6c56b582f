import { batches } from '@thumbnail-api/db';
import { inArray, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

const batchMax = 1_000;
/** What was refused may still be asked for when nothing was accepted, or all of it is deleted. */
const keptHours = 24;

/** Drops batches that have had no job for a day; at most 1 000 a call. Returns how many. */
export async function dropBatches({ database }: Pick<JobsDeps, 'database'>): Promise<number> {
  const over = lt(batches.emptySince, sql`now() - ${keptHours} * interval '1 hour'`);
  const rows = await database.run((executor) => {
    const ids = executor.select({ id: batches.id }).from(batches).where(over).limit(batchMax);
    return executor.delete(batches).where(inArray(batches.id, ids)).returning({ id: batches.id });
  });
  return rows.length;
}
