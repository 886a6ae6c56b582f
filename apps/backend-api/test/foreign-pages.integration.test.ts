import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { fill, type Operation, readOperations } from './operations.ts';
import { keyed } from './test-keys.ts';

const operations = await readOperations();
const values = { id: '0199f0c2-0000-7000-8000-000000000000', name: 'default', code: 'not_found' };
const named = (cases: Operation[]) => cases.map((operation) => [operation.id, operation] as const);
const changes = named(operations.filter(({ method }) => method !== 'GET'));
const underAnyName = ['/health/live', '/health-check', '/health/ready', '/metrics'];
const app = 'https://app.example';
const foreign = [
  { origin: 'https://evil.example' },
  { origin: 'http://localhost:9000' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
];

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ config: { corsOrigins: [app], allowedHosts: ['thumbnails.example'] } });
});
afterAll(() => api.close());

const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
/** The status of a request to `path` under another host name. */
const ask = async (host: string, path = '/jobs', init: RequestInit = {}) => {
  const response = await api.app.request(`http://${host}${path}`, init);
  await response.body?.cancel();
  return response.status;
};

test.each(changes)('%s rejects a page of another origin with 403, without reading the body', async (_id, operation) => {
  const { method, path } = operation;
  let wasRead = false;
  const pull = () => {
    wasRead = true;
  };
  for (const headers of foreign) {
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const sent: RequestInit = {
      method,
      headers: headers as Record<string, string>,
      ...(method === 'POST' && { body }),
    };
    const response = await api.request(fill(path, values), sent);
    expect([headers, response.status, await codeOf(response)]).toEqual([headers, 403, 'forbidden']);
  }
  expect(wasRead).toBe(false);
  expect(operation.codes).toContain('forbidden');
});

test('an unknown method from another origin is rejected as well', async () => {
  const response = await api.request('/jobs', { method: 'PURGE', headers: { origin: 'null' } });
  expect([response.status, await codeOf(response)]).toEqual([403, 'forbidden']);
});

test.each(changes)('%s is open to programs, to its own page and to pages of CORS_ORIGINS', async (_id, operation) => {
  for (const origin of [{}, { origin: 'http://localhost' }, { origin: 'https://localhost' }, { origin: app }]) {
    const headers = origin as Record<string, string>;
    const response = await api.request(fill(operation.path, values), { method: operation.method, headers });
    await response.body?.cancel();
    expect([401, 403]).not.toContain(response.status);
  }
});

test.each(named(operations))(
  '%s is rejected under an unknown host name, unless it is for probes',
  async (_id, { path, method }) => {
    const isForProbes = underAnyName.includes(path);
    expect((await ask('evil.example', fill(path, values), { method })) === 403).toBe(!isForProbes);
  },
);

test('is served under loopback names, addresses and the allowed names', async () => {
  const hosts = [
    'localhost:1',
    'a.localhost',
    '127.0.0.1',
    '10.1.2.3:8080',
    '[::1]',
    'thumbnails.example',
    'THUMBNAILS.example.:81',
  ];
  for (const host of hosts) expect([host, await ask(host)]).toEqual([host, 200]);
  for (const path of ['/nowhere', '/swagger', '/docs', '/'])
    expect([path, await ask('evil.example', path)]).toEqual([path, 403]);
});

test('behind a trusted proxy, the name that the client used counts', async () => {
  const links = { publicUrl: undefined, trustProxyHops: 1, trustProxyHeader: 'x-forwarded' as const };
  const proxied = await openTestApi({ config: { links, allowedHosts: ['thumbnails.example'] } });
  const statusOf = async (host: string, init: RequestInit = {}) =>
    (
      await proxied.app.request('http://api:8080/jobs', {
        ...init,
        headers: { 'x-forwarded-host': host, ...(init.headers as object) },
      })
    ).status;
  expect(await statusOf('thumbnails.example')).toBe(200);
  expect(await statusOf('evil.example')).toBe(403);
  expect(await ask('thumbnails.example', '/jobs', { headers: { 'x-forwarded-host': 'evil.example' } })).toBe(200);
  const post = (origin: string) => statusOf('thumbnails.example', { method: 'POST', headers: { origin } });
  expect([await post('https://thumbnails.example'), await post('http://api:8080')]).toEqual([415, 403]);
  await proxied.close();
});

test('with keys, neither the page nor the host name matters: a page cannot send a key that it does not know', async () => {
  const withKeys = await openTestApi({ config: { access: keyed } });
  const response = await withKeys.app.request('http://any.example/jobs', {
    method: 'POST',
    headers: { origin: 'null' },
  });
  expect(response.status).toBe(401);
  await withKeys.close();
});

test.each(named(operations))('no page of another origin may embed what %s answers', async (_id, { path, method }) => {
  for (const address of [fill(path, values), '/nowhere']) {
    const response = await api.request(address, { method });
    await response.body?.cancel();
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  }
});
