import { idempotencyKeys } from '@thumbnail-api/db';
import { inArray, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

const batchMax = 1_000;

/** Drops idempotency keys whose day is over; at most 1 000 a call. Returns how many. */
export async function dropKeys({ database }: Pick<JobsDeps, 'database'>): Promise<number> {
  const over = lt(idempotencyKeys.expiresAt, sql`now()`);
  const rows = await database.run((executor) => {
    const ids = executor
      .select({ reservation: idempotencyKeys.reservation })
      .from(idempotencyKeys)
      .where(over)
      .limit(batchMax);
    return executor
      .delete(idempotencyKeys)
      .where(inArray(idempotencyKeys.reservation, ids))
      .returning({ key: idempotencyKeys.key });
  });
  return rows.length;
}
