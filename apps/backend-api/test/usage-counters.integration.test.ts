import { openDatabase } from '@thumbnail-api/db';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openMemoryCounter } from '../src/access/usage/memory-counter.ts';
import { openPostgresCounter } from '../src/access/usage/postgres-counter.ts';
import { openRedisCounter } from '../src/access/usage/redis-counter.ts';
import type { UsageCounter } from '../src/access/usage/usage-counter.ts';

const log = createLogger('test', 'silent');
const { redis } = inject('services');
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(inject('services').postgres);
});
afterAll(() => database.drop());

const onPostgres = (windowMs: number) => openPostgresCounter(openDatabase(database.config, 3), windowMs, log);
const name = `test-${Bun.randomUUIDv7()}`;
const onRedis = (windowMs: number) => {
  const { host = '', port = 0 } = redis ?? {};
  return openRedisCounter({ kind: 'redis', name, host, port, password: undefined, tls: false }, windowMs, log);
};

/** Waits for the connection: until it is open, every call fails at once. */
const ready = (counter: UsageCounter) => waitUntil('the counter answers', async () => counter.add('ready', 0));

const counters: [string, (windowMs: number) => UsageCounter, boolean][] = [
  ['Redis', onRedis, redis !== null],
  ['Postgres', onPostgres, true],
];

describe.each(counters.filter(([, , isAvailable]) => isAvailable))('counting in %s', (_name, open) => {
  test('two processes count together, also concurrently and beyond 32 bits', async () => {
    const windowMs = 3_600_000;
    const [one, other] = [open(windowMs), open(windowMs)];
    await Promise.all([ready(one), ready(other)]);
    const key = Bun.randomUUIDv7();
    await Promise.all(
      [one, other].flatMap((counter) => Array.from({ length: 20 }, () => counter.add(key, 500_000_000))),
    );
    const { used, resetMs } = await one.add(key, 0);
    expect(used).toBe(20_000_000_000);
    expect(resetMs).toBeGreaterThan(windowMs / 2);
    expect(resetMs).toBeLessThanOrEqual(windowMs);
    expect((await other.add(Bun.randomUUIDv7(), 0)).used).toBe(0);
    await Promise.all([one.close(), other.close()]);
  });
});

describe.each([
  ['memory', (windowMs: number) => openMemoryCounter(windowMs), true] as const,
  ...counters.filter(([, , isAvailable]) => isAvailable),
])('a window in %s', (_name, open) => {
  test('ends after its length, however often it is used, and the count starts over', async () => {
    const counter = open(300);
    await ready(counter);
    const key = Bun.randomUUIDv7();
    await counter.add(key, 7);
    let before = 7;
    const used = await waitUntil('the window has ended', async () => {
      const usage = await counter.add(key, 1);
      const isNew = usage.used < before;
      before = usage.used;
      return isNew && usage.used;
    });
    expect(used).toBe(1);
    await counter.close();
  });
});

test('deletes windows that have ended from Postgres', async () => {
  const rows = openDatabase(database.config, 1);
  await rows.run((executor) =>
    executor.execute(
      sql`insert into usage select 'old ' || n, 1, now() - interval '1 minute' from generate_series(1, 50) n`,
    ),
  );
  const counter = openPostgresCounter(openDatabase(database.config, 1), 60_000, log, -1);
  await counter.add('fresh', 1);
  const remaining = () =>
    rows.run((executor) => executor.execute<{ key: string }>(sql`select key from usage where key like 'old %'`));
  await waitUntil('the old windows are deleted', async () => (await remaining()).length === 0);
  expect((await counter.add('fresh', 1)).used).toBe(2);
  await counter.close();
  await rows.close();
});
