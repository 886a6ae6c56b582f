import { createServer, type Server } from 'node:net';
import type { QueueConfig } from '@thumbnail-api/config';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, findFreePort, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openUsageCounter, type UsageCounterOptions } from '../src/access/usage/open-usage-counter.ts';
import type { UsageCounter } from '../src/access/usage/usage-counter.ts';
import { problemSchema } from '../src/http/problem.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const log = createLogger('test', 'silent');
const kibibyte = 1024;
const rateLimits = { requests: 5, bytes: 0, windowSeconds: 60 };
const behindOneProxy = { publicUrl: undefined, trustProxyHops: 1 };
const { redis } = inject('services');
const queues: [string, QueueConfig][] = [
  ['Postgres', { kind: 'postgres', name: 'test' }],
  ...(redis
    ? [
        [
          'Redis',
          { kind: 'redis', name: `test-${Bun.randomUUIDv7()}`, ...redis, password: undefined, tls: false },
        ] as const,
      ]
    : []),
].map(([name, queue]) => [name, queue] as [string, QueueConfig]);

let database: TestDatabase;
let image: Uint8Array<ArrayBuffer>;
const opened: { close: () => Promise<unknown> }[] = [];
beforeAll(async () => {
  database = await createDatabase(inject('services').postgres);
  image = await drawQuarters(20, 20);
});
afterAll(async () => {
  for (const each of opened) await each.close();
  await database.drop();
});

const openCounter = (
  queue: QueueConfig,
  options: Pick<UsageCounterOptions, 'answerMs' | 'onFallback'>,
): UsageCounter => {
  const counter = openUsageCounter({ queue, postgres: database.config }, { windowMs: 60_000, log, ...options });
  opened.push(counter);
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
const openApi = async (
  config: Parameters<typeof openTestApi>[0] extends { config?: infer C } | undefined ? C : never,
  counter?: UsageCounter,
) => {
  const api = await openTestApi({
    config: { links: behindOneProxy, rateLimits, ...config },
    ...(counter && { counter }),
  });
  opened.push(api);
  return api;
};
const from = (api: TestApi, address: string, path = '/jobs') =>
  api.request(path, { headers: { 'x-forwarded-for': address } });
const statuses = (responses: Response[]) => responses.map(({ status }) => status);

test('every response states the remaining requests, and a 429 states when to try again', async () => {
  const api = await openApi({});
  const first = await from(api, '198.51.100.1');
  expect(first.status).toBe(200);
  expect(first.headers.get('ratelimit-policy')).toBe('"address";q=5;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"address";r=4;t=\d+$/);
  for (let count = 0; count < 4; count += 1) await from(api, '198.51.100.1');
  const rejected = await from(api, '198.51.100.1');
  expect(problemSchema.parse(await rejected.json())).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(rejected.headers.get('ratelimit')).toBe(`"address";r=0;t=${rejected.headers.get('retry-after')}`);
  expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(rejected.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect((await from(api, '198.51.100.2')).status).toBe(200);
});

test('counts the addresses of an IPv6 /64 together and ignores spoofed addresses', async () => {
  const api = await openApi({});
  const neighbours = Array.from({ length: 6 }, (_, index) => `2001:db8:1:2::${index}`);
  const responses = [];
  for (const address of neighbours) responses.push(await from(api, address));
  expect(statuses(responses)).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await from(api, '2001:db8:1:3::1')).status).toBe(200);
  const spoofed = [];
  for (let index = 0; index < 6; index += 1) spoofed.push(await from(api, `203.0.113.${index}, 198.51.100.7`));
  expect(statuses(spoofed)).toEqual([200, 200, 200, 200, 200, 429]);
});

test('answers health, metrics and documentation above the limit', async () => {
  const api = await openApi({ rateLimits: { ...rateLimits, requests: 1 } });
  const paths = [
    '/health/live',
    '/health-check',
    '/health/ready',
    '/metrics',
    '/docs',
    '/swagger',
    '/swagger/assets/start.js',
  ];
  await from(api, '198.51.100.1');
  expect((await from(api, '198.51.100.1')).status).toBe(429);
  for (const path of paths) expect([path, (await from(api, '198.51.100.1', path)).status]).toEqual([path, 200]);
});

test('without a trusted proxy, counts the peer of the connection and ignores forwarding headers', async () => {
  const api = await openApi({ links: { publicUrl: undefined, trustProxyHops: 0 } });
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, self) => api.app.fetch(request, { server: self }),
  });
  const responses = [];
  for (let index = 0; index < 6; index += 1) {
    const headers = { 'x-forwarded-for': `203.0.113.${index}` };
    responses.push(await fetch(new URL('/jobs', server.url), { headers, proxy: '' }));
  }
  expect(statuses(responses)).toEqual([200, 200, 200, 200, 200, 429]);
  await server.stop(true);
});

test('without limits no request is counted', async () => {
  const api = await openApi({ rateLimits: { requests: 0, bytes: 0, windowSeconds: 60 } });
  const response = await from(api, '198.51.100.1');
  expect([response.status, response.headers.get('ratelimit')]).toEqual([200, null]);
});

describe.each(queues)('two APIs that share %s', (_name, queue) => {
  test('count the requests and bytes of a caller together', async () => {
    const limits = { requests: 8, bytes: 2 * image.length, windowSeconds: 60 };
    const one = await openApi({ rateLimits: limits }, await openShared(queue));
    const other = await openApi({ rateLimits: limits }, await openShared(queue));
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
    expect(statuses([await upload(one), await upload(other), await upload(one)])).toEqual([201, 201, 429]);
    const responses = [];
    for (const api of [one, other, one, other, one, other]) responses.push(await from(api, '198.51.100.9'));
    expect(statuses(responses)).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe('bytes', () => {
  const bytes = 2 * 1024 * kibibyte;
  const send = (api: TestApi, body: Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}) =>
    api.request('/jobs', {
      method: 'POST',
      headers: { 'x-forwarded-for': '198.51.100.1', 'content-type': 'image/png', ...headers },
      body,
    });
  const withTail = (length: number) => {
    const padded = new Uint8Array(length);
    padded.set(image);
    return padded;
  };
  const pieces = (length: number) => new Blob([withTail(length)]).stream();

  test('rejects an upload whose Content-Length exceeds the remaining bytes before reading it', async () => {
    const api = await openApi({ rateLimits: { requests: 0, bytes, windowSeconds: 60 } });
    expect((await send(api, withTail(1_500 * kibibyte))).status).toBe(201);
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulled += 1;
          controller.enqueue(new Uint8Array(kibibyte));
        },
      },
      { highWaterMark: 0 },
    );
    const rejected = await send(api, body, { 'content-length': String(700 * kibibyte) });
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('ratelimit-policy')).toBe(`"address-bytes";q=${bytes};w=60;qu="content-bytes"`);
    expect(rejected.headers.get('ratelimit')).toMatch(
      new RegExp(`^"address-bytes";r=${bytes - 1_500 * kibibyte};t=\\d+$`),
    );
    expect(pulled).toBe(0);
    expect((await send(api, withTail(400 * kibibyte), { 'content-length': String(400 * kibibyte) })).status).toBe(201);
  });

  test('counts an upload without a correct Content-Length as it arrives, and stores nothing of a rejected one', async () => {
    const api = await openApi({
      rateLimits: { requests: 0, bytes, windowSeconds: 60 },
      upload: { maxBytes: 64 * bytes, deadlineMs: 60_000, concurrency: 4 },
    });
    expect((await send(api, pieces(6 * 1024 * kibibyte), { 'content-length': '10' })).status).toBe(429);
    expect(await api.storedKeys()).toEqual([]);
    expect((await send(api, pieces(10 * kibibyte))).status).toBe(429);
  });

  test('counts the bytes of forms and batches', async () => {
    const api = await openApi({ rateLimits: { requests: 0, bytes, windowSeconds: 60 } });
    const form = () => {
      const parts = new FormData();
      parts.append('file', new Blob([withTail(900 * kibibyte)]), 'a.png');
      return { method: 'POST', headers: { 'x-forwarded-for': '198.51.100.1' }, body: parts };
    };
    expect((await api.request('/jobs', form())).status).toBe(201);
    expect((await api.request('/batches', form())).status).toBe(201);
    const header = /"address-bytes";r=(\d+)/.exec(
      (await send(api, pieces(10 * kibibyte))).headers.get('ratelimit') ?? '',
    );
    expect(Number(header?.[1])).toBeLessThan(bytes - 1_800 * kibibyte);
    expect(Number(header?.[1])).toBeGreaterThan(bytes - 1_900 * kibibyte);
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
  const sendSix = async (counter: UsageCounter) => {
    const api = await openApi({}, counter);
    const responses = [];
    for (let count = 0; count < 6; count += 1) responses.push(await from(api, '198.51.100.1'));
    return statuses(responses);
  };
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
