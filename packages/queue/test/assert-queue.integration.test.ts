import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, findFreePort, waitUntil } from '@thumbnail-api/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { assertQueue, migrateQueue, type QueueConnection, watchQueue } from '../src/index.ts';

const log = createLogger('test', 'silent');
const installation = Bun.randomUUIDv7();

async function startRedis(...settings: string[]): Promise<QueueConnection> {
  const port = await findFreePort();
  const child = Bun.spawn(['redis-server', '--port', String(port), '--save', '', ...settings], { stdout: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await child.exited;
  });
  return onRedis(port);
}

const onRedis = (port: number): QueueConnection => ({
  queue: { kind: 'redis', name: 'test', host: '127.0.0.1', port, password: undefined, tls: false },
  postgres: { ...inject('services').postgres, password: undefined, tls: false },
});

/** Collects the warnings of {@link assertQueue}, once Redis answers. */
async function readWarnings(connection: QueueConnection): Promise<string[]> {
  const warnings: string[] = [];
  const recordingLog = Object.assign(Object.create(log), {
    warn: (first: unknown, second?: string) => warnings.push(String(second ?? first)),
  });
  do {
    warnings.length = 0;
    await assertQueue(connection, installation, recordingLog);
  } while (warnings.some((line) => line.includes('Redis unavailable')));
  return warnings;
}

const hasRedis = Bun.which('redis-server') !== null;

test.skipIf(!hasRedis)('rejects a Redis that evicts keys with one line that says what to do', async () => {
  const connection = await startRedis('--maxmemory-policy', 'allkeys-lru', '--appendonly', 'no');
  await expect(readWarnings(connection)).rejects.toThrow(
    /maxmemory-policy is allkeys-lru\): set maxmemory-policy to noev/,
  );
});

test.skipIf(!hasRedis)('accepts a Redis without an append-only file, with a warning', async () => {
  expect(await readWarnings(await startRedis('--appendonly', 'no'))).toEqual([
    expect.stringContaining('append-only file'),
  ]);
});

test('accepts a Redis that is unavailable', async () => {
  await expect(assertQueue(onRedis(await findFreePort()), installation, log)).resolves.toBeUndefined();
});

test('rejects a Postgres without the queue schema, and accepts it after concurrent migrations', async () => {
  const { config, drop } = await createDatabase(inject('services').postgres, { migrated: false });
  onTestFinished(drop);
  const connection: QueueConnection = { queue: { kind: 'postgres', name: 'test' }, postgres: config };
  await expect(assertQueue(connection, installation, log)).rejects.toThrow(
    /queue schema is missing: run `bun run migrate`/,
  );
  await Promise.all(Array.from({ length: 4 }, () => migrateQueue(connection)));
  await expect(assertQueue(connection, installation, log)).resolves.toBeUndefined();
  const client = new Client({ ...config, password: config.password?.reveal() });
  await client.connect();
  await client.query('alter table bullmq.migration add column if not exists min_client_version int');
  await client.query('update bullmq.migration set min_client_version = 999');
  await client.end();
  await expect(assertQueue(connection, installation, log)).rejects.toThrow(/newer than this build/);
});

test.skipIf(!hasRedis)('rejects a queue that another installation uses, until its claim is deleted', async () => {
  const connection = await startRedis();
  await readWarnings(connection);
  await expect(assertQueue(connection, installation, log)).resolves.toBeUndefined();
  const other = Bun.randomUUIDv7();
  await expect(assertQueue(connection, other, log)).rejects.toThrow(
    /Another installation uses the queue test .* set QUEUE_PROCESS_THUMBNAIL .* delete the key bull:test:installation/,
  );
  await run(connection, 'DEL', 'bull:test:installation');
  await expect(assertQueue(connection, other, log)).resolves.toBeUndefined();
});

test.skipIf(!hasRedis)(
  'notices while it runs that Redis evicts keys or that the queue is shared, with one line',
  async () => {
    const connection = await startRedis();
    await readWarnings(connection);
    const lines: string[] = [];
    const record = (_facts: object, line: string) => lines.push(line);
    const watch = watchQueue(
      connection,
      installation,
      Object.assign(Object.create(log), { warn: record, info: record }),
      20,
    );
    onTestFinished(watch.stop);
    await run(connection, 'CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    await waitUntil('the eviction is noticed', async () => watch.evicts());
    await run(connection, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await run(connection, 'SET', 'bull:test:installation', Bun.randomUUIDv7());
    await waitUntil('the other installation is noticed', async () => watch.isShared() && !watch.evicts());
    await run(connection, 'FLUSHALL');
    await waitUntil('the queue is claimed again', async () => !watch.isShared());
    expect(lines).toEqual([
      'Redis can lose messages',
      'Redis evicts no keys any more',
      'the queue is shared',
      'the queue is no longer shared',
    ]);
  },
);

async function run({ queue }: QueueConnection, name: string, ...parameters: string[]): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port: queue.kind === 'redis' ? queue.port : 0 });
  await client.call(name, ...parameters);
  client.disconnect();
}
