import { sweepLeases } from '@thumbnail-api/db';
import { and, eq, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** The two kinds of sweep. Each has a lease of its own: a store that hangs must not hold up the jobs. */
export type SweepName = 'jobs' | 'objects';

/** How long a sweeper that died keeps the others waiting; renewed several times meanwhile. */
const leaseSeconds = 5;
const renewMs = 1_250;

/**
 * Does `work` as the only sweeper of its kind in the whole fleet, on the database's clock. The signal is aborted when the
 * lease was lost, as to a sweeper that froze; what is then still done is harmless, since every step guards itself.
 *
 * A lease in a row, not an advisory lock: a pass waits for the store, and a transaction or a connection would be held
 * open all the while.
 *
 * @returns null when another sweeper is at work
 */
export async function withSweepLease<T>(
  { database }: Pick<JobsDeps, 'database'>,
  name: SweepName,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const holder = Bun.randomUUIDv7();
  const until = sql`clock_timestamp() + ${leaseSeconds} * interval '1 second'`;
  const mine = and(eq(sweepLeases.name, name), eq(sweepLeases.holder, holder));
  const taken = await database.run((executor) =>
    executor
      .insert(sweepLeases)
      .values({ name, holder, until })
      .onConflictDoUpdate({
        target: sweepLeases.name,
        set: { holder, until },
        setWhere: lt(sweepLeases.until, sql`clock_timestamp()`),
      })
      .returning({ holder: sweepLeases.holder }),
  );
  if (taken.length === 0) return null;

  const controller = new AbortController();
  const renew = async () => {
    const kept = await database.run((executor) =>
      executor.update(sweepLeases).set({ until }).where(mine).returning({ holder: sweepLeases.holder }),
    );
    if (kept.length === 0) controller.abort(new Error('another sweeper took over'));
  };
  const timer = setInterval(() => void renew().catch(() => undefined), renewMs);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(timer);
    // Where the database is away the lease runs out by itself.
    await database.run((executor) => executor.delete(sweepLeases).where(mine)).catch(() => undefined);
  }
}
