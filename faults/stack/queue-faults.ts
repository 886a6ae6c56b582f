import { mkdir, rm } from 'node:fs/promises';
import { waitUntil } from '@thumbnail-api/testing';
import type { OwnRedis } from '@thumbnail-api/testing/processes';
import type { Sql } from 'postgres';
import { acceptInserts, refuseInserts } from './refuse-inserts.ts';

/** Faults of the server that holds the queue, while rows and objects stay available. */
export interface QueueFaults {
  /** Makes every command fail until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Leaves every command unanswered until `thaw`, which then executes them. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Makes the queue read-only, as when memory or disk are full, until `free`. */
  fill(what: 'memory' | 'disk'): Promise<void>;
  free(): Promise<void>;
  /** Deletes every message. */
  empty(): Promise<void>;
}

/** Breaks a Redis server. It is empty after `start`. */
export const redisFaults = (redis: OwnRedis): QueueFaults => ({
  stop: redis.stop,
  start: redis.start,
  freeze: async () => redis.signal('SIGSTOP'),
  thaw: async () => redis.signal('SIGCONT'),
  fill: async (what) => {
    if (what === 'memory') return void (await redis.command('CONFIG', 'SET', 'maxmemory', '1'));
    // Redis rejects writes (MISCONF) after the first snapshot that it could not write.
    await redis.command('CONFIG', 'SET', 'save', '3600 1');
    await rm(redis.directory, { recursive: true });
    await redis.command('BGSAVE');
    await waitUntil('Redis rejects writes', () => redis.command('SET', 'x', 'x').then(() => false, isRejectedWrite));
  },
  free: async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await redis.command('CONFIG', 'SET', 'save', '');
    await mkdir(redis.directory, { recursive: true });
  },
  empty: async () => void (await redis.command('FLUSHALL')),
});

const isRejectedWrite = (error: unknown) => error instanceof Error && error.message.startsWith('MISCONF');

/** Breaks only the schema of the queue in the database that also holds the rows. */
export function postgresFaults(sql: Sql): QueueFaults {
  let thaw = Promise.withResolvers<void>();
  let frozen: Promise<unknown> = Promise.resolve();
  return {
    stop: async () => void (await sql`alter schema bullmq rename to bullmq_stopped`),
    start: async () => void (await sql`alter schema bullmq_stopped rename to bullmq`),
    freeze: async () => {
      const locked = Promise.withResolvers<void>();
      thaw = Promise.withResolvers<void>();
      frozen = sql.begin(async (transaction) => {
        await transaction`lock table bullmq.job in access exclusive mode`;
        locked.resolve();
        await thaw.promise;
      });
      await Promise.race([locked.promise, frozen]);
    },
    thaw: async () => {
      thaw.resolve();
      await frozen;
    },
    fill: (what) => refuseInserts(sql, 'bullmq.job', what === 'disk' ? 'disk_full' : 'out_of_memory'),
    free: () => acceptInserts(sql, 'bullmq.job'),
    empty: async () => void (await sql`truncate bullmq.job cascade`),
  };
}
