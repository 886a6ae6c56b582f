import { mkdir, rm } from 'node:fs/promises';
import { waitUntil } from '@thumbnail-api/testing';
import type { OwnRedis } from '@thumbnail-api/testing/processes';
import type { Sql } from 'postgres';
import { refuseRows, takeRows } from './refuse-rows.ts';

/** What can befall that which carries the queue, while rows and objects are well. */
export interface QueueFaults {
  /** Every command is refused. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** No command is answered; what was asked is done once it thaws. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Its memory or its disk is full: it can be read, and takes nothing in. */
  fill(what: 'memory' | 'disk'): Promise<void>;
  makeRoom(): Promise<void>;
  /** Every message is gone. */
  empty(): Promise<void>;
}

/** A Redis of its own can lose everything; one that is started again is empty. */
export const redisFaults = (redis: OwnRedis): QueueFaults => ({
  stop: redis.stop,
  start: redis.start,
  freeze: async () => redis.signal('SIGSTOP'),
  thaw: async () => redis.signal('SIGCONT'),
  fill: async (what) => {
    if (what === 'memory') return void (await redis.command('CONFIG', 'SET', 'maxmemory', '1'));
    // It refuses writes (MISCONF) from the first snapshot on that it could not write.
    await redis.command('CONFIG', 'SET', 'save', '3600 1');
    await rm(redis.directory, { recursive: true });
    await redis.command('BGSAVE');
    await waitUntil('it takes no writes', () => redis.command('SET', 'x', 'x').then(() => false, isRefused));
  },
  makeRoom: async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await redis.command('CONFIG', 'SET', 'save', '');
    await mkdir(redis.directory, { recursive: true });
  },
  empty: async () => void (await redis.command('FLUSHALL')),
});

const isRefused = (error: unknown) => error instanceof Error && error.message.startsWith('MISCONF');

/** In the database that keeps the rows the queue is a schema of its own, and fails alone all the same. */
export function postgresFaults(sql: Sql): QueueFaults {
  let thaw = Promise.withResolvers<void>();
  let frozen: Promise<unknown> = Promise.resolve();
  return {
    stop: async () => void (await sql`alter schema bullmq rename to bullmq_away`),
    start: async () => void (await sql`alter schema bullmq_away rename to bullmq`),
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
    fill: (what) => refuseRows(sql, 'bullmq.job', what === 'disk' ? 'disk_full' : 'out_of_memory'),
    makeRoom: () => takeRows(sql, 'bullmq.job'),
    empty: async () => void (await sql`truncate bullmq.job cascade`),
  };
}
