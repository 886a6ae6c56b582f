import { Secret } from '@thumbnail-api/config';
import { expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { getFrom, openLimitedApi } from './open-limited-api.ts';

const unlimited = { requests: 0, bytes: 0, renderSeconds: 0, windowSeconds: 60 };
const statuses = (responses: Response[]) => responses.map(({ status }) => status);

test('every response states the remaining requests, and a 429 states when to try again', async () => {
  const api = await openLimitedApi();
  const first = await getFrom(api, '198.51.100.1');
  expect(first.status).toBe(200);
  expect(first.headers.get('ratelimit-policy')).toBe('"address";q=5;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"address";r=4;t=\d+$/);
  for (let count = 0; count < 4; count += 1) await getFrom(api, '198.51.100.1');
  const rejected = await getFrom(api, '198.51.100.1');
  expect(problemSchema.parse(await rejected.json())).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(rejected.headers.get('ratelimit')).toBe(`"address";r=0;t=${rejected.headers.get('retry-after')}`);
  expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(rejected.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect((await getFrom(api, '198.51.100.2')).status).toBe(200);
});

test('counts the addresses of an IPv6 /64 together and ignores spoofed addresses', async () => {
  const api = await openLimitedApi();
  const neighbours = Array.from({ length: 6 }, (_, index) => `2001:db8:1:2::${index}`);
  const responses = [];
  for (const address of neighbours) responses.push(await getFrom(api, address));
  expect(statuses(responses)).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await getFrom(api, '2001:db8:1:3::1')).status).toBe(200);
  const spoofed = [];
  for (let index = 0; index < 6; index += 1) spoofed.push(await getFrom(api, `203.0.113.${index}, 198.51.100.7`));
  expect(statuses(spoofed)).toEqual([200, 200, 200, 200, 200, 429]);
});

test('answers health, metrics and documentation above the limit', async () => {
  const api = await openLimitedApi({ rateLimits: { requests: 1, bytes: 0, renderSeconds: 0, windowSeconds: 60 } });
  const paths = [
    '/health/live',
    '/health-check',
    '/health/ready',
    '/metrics',
    '/docs',
    '/swagger',
    '/swagger/assets/start.js',
  ];
  await getFrom(api, '198.51.100.1');
  expect((await getFrom(api, '198.51.100.1')).status).toBe(429);
  for (const path of paths) expect([path, (await getFrom(api, '198.51.100.1', path)).status]).toEqual([path, 200]);
});

test('without a trusted proxy, counts the peer of the connection and ignores forwarding headers', async () => {
  const api = await openLimitedApi({
    links: { publicUrl: undefined, trustProxyHops: 0, trustProxyHeader: 'x-forwarded' as const },
  });
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
  const api = await openLimitedApi({ rateLimits: { requests: 0, bytes: 0, renderSeconds: 0, windowSeconds: 60 } });
  const response = await getFrom(api, '198.51.100.1');
  expect([response.status, response.headers.get('ratelimit')]).toEqual([200, null]);
});

test('documentation has a limit of its own, which health, metrics, loopback and the metrics token do not meet', async () => {
  const token = new Secret('scraper-token-for-tests');
  const api = await openLimitedApi({ metrics: { token, isOpen: true }, rateLimits: unlimited });
  const flood = await Promise.all(Array.from({ length: 301 }, () => getFrom(api, '198.51.100.1', '/docs')));
  expect(new Set(statuses(flood))).toEqual(new Set([200, 429]));
  expect(statuses(flood).filter((status) => status === 429)).toHaveLength(1);
  for (const path of ['/docs', '/swagger', '/swagger/assets/start.js'])
    expect([path, (await getFrom(api, '198.51.100.1', path)).status]).toEqual([path, 429]);
  for (const path of ['/health/live', '/health-check', '/health/ready', '/problems/not_found'])
    expect([path, (await getFrom(api, '198.51.100.1', path)).status]).toEqual([path, 200]);
  const headers = { 'x-forwarded-for': '198.51.100.1', authorization: `Bearer ${token.reveal()}` };
  expect((await api.request('/metrics', { headers })).status).toBe(200);
  expect((await api.request('/docs', { headers })).status).toBe(200);
  expect((await getFrom(api, '198.51.100.2', '/docs')).status).toBe(200);
  const local = await Promise.all(Array.from({ length: 301 }, () => getFrom(api, '127.0.0.1', '/docs')));
  expect(new Set(statuses(local))).toEqual(new Set([200]));
});

test('metrics are read at most once a second for an address that floods, and on each request for every other one', async () => {
  const api = await openLimitedApi({ rateLimits: unlimited });
  const requestsOf = async (address: string) => {
    const text = await (await getFrom(api, address, '/metrics')).text();
    return /thumbnails_http_requests_total\{operation="getMetrics".*\} (\d+)/.exec(text)?.[1];
  };
  await Promise.all(Array.from({ length: 300 }, () => getFrom(api, '198.51.100.1', '/health/live')));
  const flooded = await Promise.all(Array.from({ length: 50 }, () => requestsOf('198.51.100.1')));
  expect(new Set(flooded).size).toBeLessThan(10);
  const counts = [await requestsOf('198.51.100.2'), await requestsOf('198.51.100.2')];
  expect(Number(counts[1])).toBe(Number(counts[0]) + 1);
});
