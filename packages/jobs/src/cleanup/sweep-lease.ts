import { sweepLeases } from '@thumbnail-api/db';
import { and, eq, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** The two kinds of sweep. Each has its own lease, so that a slow store does not hold up the jobs. */
export type SweepName = 'jobs' | 'objects';

/** How long the other sweepers wait after one has crashed. Renewed several times in between. */
const leaseSeconds = 5;
const renewMs = 1_250;

/**
 * Runs `work` as the only sweeper of its kind, across all processes.
 *
 * The signal is aborted if the lease is lost, for example because this process froze. Work that continues does no harm, since
 * each of its updates checks its own conditions. The lease is a row, not an advisory lock: a lock would hold a transaction or
 * a connection open while the sweep waits for the store.
 *
 * @returns null if another sweeper holds the lease
 */
export async function withSweepLease<T>(
  { database }: Pick<JobsDeps, 'database'>,
  name: SweepName,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const holder = Bun.randomUUIDv7();
  const until = sql`clock_timestamp() + ${leaseSeconds} * interval '1 second'`;
  const isHeld = and(eq(sweepLeases.name, name), eq(sweepLeases.holder, holder));
  const acquired = await database.run((executor) =>
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
  if (acquired.length === 0) return null;

  const controller = new AbortController();
  const renew = async () => {
    const renewed = await database.run((executor) =>
      executor.update(sweepLeases).set({ until }).where(isHeld).returning({ holder: sweepLeases.holder }),
    );
    if (renewed.length === 0) controller.abort(new Error('the sweep lease was lost'));
  };
  const timer = setInterval(() => void renew().catch(() => undefined), renewMs);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(timer);
    // While the database is unavailable, the lease expires by itself.
    await database.run((executor) => executor.delete(sweepLeases).where(isHeld)).catch(() => undefined);
  }
}
