import { inArray, lt, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { usage } from './schema.ts';

/** How much of its current window a key has used. */
export interface KeyUsage {
  used: number;
  /** The time until the window ends, in milliseconds. */
  resetMs: number;
}

const deletedMax = 10_000;

/**
 * Adds `amount` to the use of a key in its current window and returns the total.
 *
 * A window lasts `windowMs` by the database's clock. It starts with the first use after the previous window ended.
 *
 * @throws AppError `unavailable`
 */
export async function addUsage(
  database: Database,
  { key, amount, windowMs }: { key: string; amount: number; windowMs: number },
): Promise<KeyUsage> {
  const end = sql`clock_timestamp() + ${windowMs} * interval '1 ms'`;
  const hasEnded = sql`${usage.endsAt} <= clock_timestamp()`;
  const [row] = await database.run((executor) =>
    executor
      .insert(usage)
      .values({ key, used: amount, endsAt: end })
      .onConflictDoUpdate({
        target: usage.key,
        set: {
          used: sql`case when ${hasEnded} then excluded.used else ${usage.used} + excluded.used end`,
          endsAt: sql`case when ${hasEnded} then excluded.ends_at else ${usage.endsAt} end`,
        },
      })
      .returning({
        used: usage.used,
        resetMs: sql<number>`(extract(epoch from ${usage.endsAt} - clock_timestamp()) * 1000)::float8`,
      }),
  );
  return { used: row?.used ?? 0, resetMs: Math.max(0, row?.resetMs ?? 0) };
}

/** Deletes windows that have ended, at most 10 000 per call. Skips rows that a concurrent call has locked. */
export async function deletePastUsage(database: Database): Promise<void> {
  await database.run((executor) => {
    const past = executor.select({ key: usage.key }).from(usage).where(lt(usage.endsAt, sql`now()`)).limit(deletedMax);
    return executor.delete(usage).where(inArray(usage.key, past.for('update', { skipLocked: true })));
  });
}
