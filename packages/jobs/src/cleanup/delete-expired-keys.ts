import { idempotencyKeys } from '@thumbnail-api/db';
import { inArray, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

const batchMax = 1_000;

/** Deletes idempotency keys that have expired; at most 1 000 a call. Returns how many. */
export async function deleteExpiredKeys({ database }: Pick<JobsDeps, 'database'>): Promise<number> {
  const { reservation, expiresAt } = idempotencyKeys;
  const rows = await database.run((executor) => {
    const isExpired = lt(expiresAt, sql`now()`);
    const expired = executor.select({ reservation }).from(idempotencyKeys).where(isExpired).limit(batchMax);
    return executor.delete(idempotencyKeys).where(inArray(reservation, expired)).returning({ reservation });
  });
  return rows.length;
}
