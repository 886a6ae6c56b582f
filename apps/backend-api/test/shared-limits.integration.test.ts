import { createServer, type Server } from 'node:net';
import type { QueueConfig } from '@thumbnail-api/config';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, findFreePort, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { openUsageCounter, type UsageCounterOptions } from '../src/access/usage/open-usage-counter.ts';
import type { UsageCounter } from '../src/access/usage/usage-counter.ts';
import { openLimitedApi, statusesFrom } from './open-limited-api.ts';
import type { TestApi } from './open-test-api.ts';

const log = createLogger('test', 'silent');
const { redis } = inject('services');
const onRedis = redis && { name: `test-${Bun.randomUUIDv7()}`, ...redis, password: undefined, tls: false };
const queues: [string, QueueConfig][] = [
  ['Postgres', { kind: 'postgres', name: 'test' }],
  ...(onRedis ? [['Redis', { kind: 'redis', ...onRedis }] as [string, QueueConfig]] : []),
];

let database: TestDatabase;
let image: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  database = await createDatabase(inject('services').postgres);
  image = await drawQuarters(20, 20);
});
afterAll(() => database.drop());

const openCounter = (
  queue: QueueConfig,
  options: Pick<UsageCounterOptions, 'answerMs' | 'onFallback'>,
): UsageCounter => {
  const counter = openUsageCounter({ queue, postgres: database.config }, { windowMs: 60_000, log, ...options });
  onTestFinished(() => counter.close());
  return counter;
};
/** Opens a counter and waits until its shared counter answers. Its deadline is long enough for a slow machine. */
const openShared = async (queue: QueueConfig) => {
  let fallbacks = 0;
  const counter = openCounter(queue, {
    answerMs: 60_000,
    onFallback: () => {
      fallbacks += 1;
    },
  });
  await waitUntil('the shared counter answers', async () => {
    const before = fallbacks;
    await counter.add('ready', 0);
    return fallbacks === before;
  });
  return counter;
};

describe.each(queues)('two APIs that share %s', (_name, queue) => {
  test('count the requests and bytes of a caller together', async () => {
    const limits = { requests: 8, bytes: 2 * image.length, renderSeconds: 0, windowSeconds: 60 };
    const one = await openLimitedApi({ rateLimits: limits }, await openShared(queue));
    const other = await openLimitedApi({ rateLimits: limits }, await openShared(queue));
    const upload = (api: TestApi) =>
      api.request('/jobs', {
        method: 'POST',
        headers: {
          'x-forwarded-for': '198.51.100.9',
          'content-type': 'image/png',
          'content-length': `${image.length}`,
        },
        body: image,
      });
    const uploads = [await upload(one), await upload(other), await upload(one)];
    expect(uploads.map(({ status }) => status)).toEqual([201, 201, 429]);
    const statuses = [];
    for (const api of [one, other, one, other, one, other])
      statuses.push(...(await statusesFrom(api, '198.51.100.9', 1)));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe('an unavailable shared counter', () => {
  let hung: Server;
  let hungPort: number;
  beforeAll(async () => {
    hungPort = await findFreePort();
    // Answers the handshake like Redis, and no command after it.
    const greetings: Record<string, string> = { hello: '%0\r\n', client: '+OK\r\n', info: '$0\r\n\r\n' };
    hung = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        for (const [, command = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
          socket.write(greetings[command] ?? '');
        }
      });
    }).listen(hungPort, '127.0.0.1');
  });
  afterAll(() => void hung.close());

  const openUnavailable = (port: number) => {
    const errors: unknown[] = [];
    const queue = {
      kind: 'redis',
      name: 'unavailable',
      host: '127.0.0.1',
      port,
      password: undefined,
      tls: false,
    } as const;
    const counter = openCounter(queue, { onFallback: (error) => error && errors.push(error) });
    return { counter, errors };
  };
  const sendSix = async (counter: UsageCounter) => statusesFrom(await openLimitedApi({}, counter), '198.51.100.1', 6);
  /** The shared counter is called at most once in two seconds. */
  const callsIn = (milliseconds: number) => 1 + Math.floor(milliseconds / 2_000);

  test('that refuses connections is called once per pause, and this process counts alone', async () => {
    const { counter, errors } = openUnavailable(await findFreePort());
    const startedAt = performance.now();
    expect(await sendSix(counter)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(errors.length).toBeLessThanOrEqual(callsIn(performance.now() - startedAt));
  });

  test('that hangs is abandoned at its deadline and called once per pause, and this process counts alone', async () => {
    const { counter, errors } = openUnavailable(hungPort);
    const startedAt = performance.now();
    const deadlineExceeded = expect.objectContaining({ code: 'unavailable' });
    await waitUntil('a call after connecting exceeds the deadline', async () => {
      await counter.add('first', 1);
      return errors.length > 0 && deadlineExceeded.asymmetricMatch(errors.at(-1));
    });
    expect(await sendSix(counter)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(errors.length).toBeLessThanOrEqual(callsIn(performance.now() - startedAt));
    expect(errors.at(-1)).toEqual(deadlineExceeded);
  });
});
