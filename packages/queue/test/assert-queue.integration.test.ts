import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, findFreePort } from '@thumbnail-api/testing';
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { assertQueue, migrateQueue, type QueueConnection } from '../src/index.ts';

const log = createLogger('test', 'silent');

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

/** What is warned of, once the Redis answers. */
async function warnings(connection: QueueConnection): Promise<string[]> {
  const said: string[] = [];
  const listening = Object.assign(Object.create(log), {
    warn: (first: unknown, second?: string) => said.push(String(second ?? first)),
  });
  do {
    said.length = 0;
    await assertQueue(connection, listening);
  } while (said.some((line) => line.includes('out of reach')));
  return said;
}

const hasRedis = Bun.which('redis-server') !== null;

test.skipIf(!hasRedis)('a Redis that evicts keys is refused with one line that says what to do', async () => {
  const connection = await startRedis('--maxmemory-policy', 'allkeys-lru', '--appendonly', 'no');
  await expect(warnings(connection)).rejects.toThrow(/maxmemory-policy is allkeys-lru\): set maxmemory-policy to noev/);
});

test.skipIf(!hasRedis)('a Redis that writes nothing to its disk is taken with a warning', async () => {
  expect(await warnings(await startRedis('--appendonly', 'no'))).toEqual([expect.stringContaining('append-only file')]);
});

test('a Redis that is away keeps nobody from starting', async () => {
  await expect(assertQueue(onRedis(await findFreePort()), log)).resolves.toBeUndefined();
});

test('a Postgres without the schema of the queue is refused, and many migrations at once are one', async () => {
  const { config, drop } = await createDatabase(inject('services').postgres, { migrated: false });
  onTestFinished(drop);
  const connection: QueueConnection = { queue: { kind: 'postgres', name: 'test' }, postgres: config };
  await expect(assertQueue(connection, log)).rejects.toThrow(/schema of the queue is missing: run `bun run migrate`/);
  await Promise.all(Array.from({ length: 4 }, () => migrateQueue(connection)));
  await expect(assertQueue(connection, log)).resolves.toBeUndefined();
  const client = new Client({ ...config, password: config.password?.reveal() });
  await client.connect();
  await client.query('alter table bullmq.migration add column if not exists min_client_version int');
  await client.query('update bullmq.migration set min_client_version = 999');
  await client.end();
  await expect(assertQueue(connection, log)).rejects.toThrow(/newer than this build/);
});
