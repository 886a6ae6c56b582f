import { type Random, seedRandom } from './seed-random.ts';
import type { Fleet } from './start-fleet.ts';

/** Without the table of BullMQ's own schema version. */
const tables = ['job', 'job_log', 'job_dependency', 'event', 'metrics', 'rate_limit', 'dedup', 'scheduler', 'meta'];

/** Deletes about half of what the queue holds, whatever it is, as an eviction does. */
export async function evictMessages({ stack: { redis, sql } }: Fleet, random: Random): Promise<void> {
  // How many keys there are differs from run to run, and what `random` returns next must not.
  const seed = random.between(0, 1_000_000);
  if (redis) {
    const own = seedRandom(seed);
    const keys = (await redis.command('KEYS', '*')) as string[];
    for (const key of keys.sort()) if (own.next() < 0.5) await redis.command('DEL', key);
    return;
  }
  for (const table of tables)
    await sql`delete from ${sql(`bullmq.${table}`)} row where hashtextextended(row.ctid::text, ${seed}) % 2 = 0`;
}
