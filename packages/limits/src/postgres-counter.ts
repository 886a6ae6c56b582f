import { type Database, usage } from '@thumbnail-api/db';
import type { Logger } from '@thumbnail-api/telemetry';
import { inArray, lt, sql } from 'drizzle-orm';
import type { Counter } from './counter.ts';

const usualCleanEveryMs = 10_000;
const cleanMax = 10_000;

/**
 * Counts in Postgres, shared by all who name the same one, on its clock. Windows that are over are removed every 10 s, by
 * whoever counts. Closing it closes `database`, which should be its own: a lock on a row must keep no other waiting.
 */
export function openPostgresCounter(
  database: Database,
  windowMs: number,
  log: Logger,
  cleanEveryMs = usualCleanEveryMs,
): Counter {
  const end = sql`clock_timestamp() + ${windowMs} * interval '1 ms'`;
  const isOver = sql`${usage.endsAt} <= clock_timestamp()`;
  let cleanAt = performance.now() + cleanEveryMs;

  const clean = () =>
    database.run(async (executor) => {
      const over = executor.select({ key: usage.key }).from(usage).where(lt(usage.endsAt, sql`now()`)).limit(cleanMax);
      await executor.delete(usage).where(inArray(usage.key, over.for('update', { skipLocked: true })));
    });

  return {
    add: async (key, amount) => {
      const rows = await database.run((executor) =>
        executor
          .insert(usage)
          .values({ key, used: amount, endsAt: end })
          .onConflictDoUpdate({
            target: usage.key,
            set: {
              used: sql`case when ${isOver} then excluded.used else ${usage.used} + excluded.used end`,
              endsAt: sql`case when ${isOver} then excluded.ends_at else ${usage.endsAt} end`,
            },
          })
          .returning({
            used: usage.used,
            resetMs: sql<number>`(extract(epoch from ${usage.endsAt} - clock_timestamp()) * 1000)::float8`,
          }),
      );
      if (performance.now() > cleanAt) {
        cleanAt = performance.now() + cleanEveryMs;
        clean().catch((error) => log.warn({ error }, 'what is over of the counts could not be removed'));
      }
      const [row] = rows;
      return { used: row?.used ?? 0, resetMs: Math.max(0, row?.resetMs ?? 0) };
    },
    close: () => database.close(),
  };
}
