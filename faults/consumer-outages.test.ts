import { type Consumer, messageIdFor, openConsumer, openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, waitUntil } from '@thumbnail-api/testing';
import { startOwnRedis } from '@thumbnail-api/testing/processes';
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type Fault, pass } from './network/fault.ts';
import { type FaultyProxy, openFaultyProxy } from './network/faulty-proxy.ts';
import { type Backend, backends } from './stack/start-stack.ts';

const silent = createLogger('faults', 'silent');

/** Opens a queue behind a proxy, and a consumer that records what it receives and logs. */
async function openQueue(backend: Backend) {
  const database = await createDatabase(inject('services').postgres);
  onTestFinished(() => database.drop());
  const redis = backend === 'redis' ? await startOwnRedis() : null;
  onTestFinished(async () => redis?.close());
  const proxy = await openFaultyProxy(redis ?? database.config);
  onTestFinished(() => proxy.close());
  const { host, port } = proxy;
  const connectionOf = (server: { host: string; port: number }) => ({
    queue: redis
      ? ({ kind: 'redis', name: 'test', ...address(server), password: undefined, tls: false } as const)
      : ({ kind: 'postgres', name: 'test' } as const),
    postgres: redis ? database.config : { ...database.config, ...address(server) },
  });
  const lines: string[] = [];
  const log = Object.assign(Object.create(silent), {
    warn: (_facts: object, line: string) => lines.push(line),
    info: (_facts: object, line: string) => lines.push(line),
  });
  const received = new Set<string>();
  const publisher = openPublisher(connectionOf(redis ?? database.config), renderJobMessage, silent, 10_000);
  onTestFinished(() => publisher.close());
  const consume = (): Consumer =>
    openConsumer(connectionOf({ host, port }), {
      message: renderJobMessage,
      concurrency: 2,
      handle: async ({ jobId }) => void received.add(jobId),
      log,
    });
  const deliver = async () => {
    const jobId = Bun.randomUUIDv7();
    await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
    await waitUntil('the message is handled', async () => received.has(jobId), 30_000);
  };
  return { proxy, redis, lines, consume, deliver };
}

const outageLines = ['queue unavailable, reconnecting', 'queue available again'];
const address = ({ host, port }: { host: string; port: number }) => ({ host, port });

describe.each(backends)('with the queue on %s', (backend) => {
  let queue: Awaited<ReturnType<typeof openQueue>>;
  let consumer: Consumer;
  let proxy: FaultyProxy;
  beforeEach(async () => {
    queue = await openQueue(backend);
    proxy = queue.proxy;
  });
  afterEach(() => consumer.close());

  const outages: [string, Fault, number][] = [
    ['hangs', { kind: 'hang' }, 7_000],
    ['is down', { kind: 'down' }, 7_000],
  ];

  test.each(outages)(
    'F42: a consumer whose server %s while it connects logs one line and connects later',
    async (_state, fault, ms) => {
      await proxy.set(fault);
      consumer = queue.consume();
      await Bun.sleep(ms);
      expect(queue.lines.length).toBeLessThanOrEqual(1);
      await proxy.set(pass);
      await queue.deliver();
      await waitUntil('the end of the outage is logged', async () => queue.lines.length !== 1);
      // A connection to Redis that hangs for 7 s only takes longer.
      expect(['', outageLines.join()]).toContain(queue.lines.join());
    },
  );

  test.each(outages)(
    'F42: a consumer whose server %s while it runs logs one line and continues later',
    async (_state, fault, ms) => {
      consumer = queue.consume();
      await queue.deliver();
      await proxy.set(fault);
      await Bun.sleep(ms);
      expect(queue.lines.length).toBeLessThanOrEqual(1);
      await proxy.set(pass);
      await queue.deliver();
      await waitUntil('the consumer is connected', () => consumer.check().then(() => true));
      // A connection that hung may fail only after the others have recovered: then there is a second, short outage.
      await waitUntil('each outage has ended in the log', async () => queue.lines.length % 2 === 0);
      expect(queue.lines.length).toBeLessThanOrEqual(4);
    },
  );
});

test('F15: a consumer whose Redis rejects every command waits between its tries', async () => {
  const { redis, lines, consume, deliver } = await openQueue('redis');
  const consumer = consume();
  onTestFinished(() => consumer.close());
  await deliver();
  await redis?.command('CONFIG', 'SET', 'maxmemory', '1');
  const commands = async () =>
    Number(/total_commands_processed:(\d+)/.exec(String(await redis?.command('INFO', 'stats')))?.[1]);
  const before = await commands();
  await Bun.sleep(5_000);
  expect((await commands()) - before).toBeLessThan(1_000);
  await redis?.command('CONFIG', 'SET', 'maxmemory', '0');
  await deliver();
  expect(lines.filter((line) => line === 'queue unavailable, reconnecting').length).toBeLessThanOrEqual(2);
});

test('a consumer without its messages logs no outage', async () => {
  const { redis, lines, consume, deliver } = await openQueue('redis');
  const consumer = consume();
  onTestFinished(() => consumer.close());
  await deliver();
  await redis?.command('FLUSHALL');
  await deliver();
  expect(lines).toEqual([]);
});
