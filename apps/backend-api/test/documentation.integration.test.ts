import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTestApi, type TestApi } from './open-test-api.ts';

const pages = [
  '/docs',
  '/swagger',
  '/swagger/assets/start.js',
  '/swagger/assets/swagger-ui.css',
  '/swagger/assets/swagger-ui-bundle.js',
  '/problems/not_found',
];

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}, host = 'localhost') =>
  api.app.request(`http://${host}${path}`, { headers });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test.each([...pages, '/'])('%s has an ETag and is answered with 304 while it is unchanged', async (path) => {
  const accept = { accept: 'text/html' };
  const first = await get(path, accept);
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
  const cached = await get(path, { ...accept, 'if-none-match': `"other", W/${etag}` });
  expect([cached.status, await cached.text(), cached.headers.get('etag')]).toEqual([304, '', etag]);
  expect(cached.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
  expect((await get(path, { ...accept, 'if-none-match': '"other"' })).status).toBe(200);
});

test.each(pages)('%s is compressed for a client that accepts gzip, with another ETag', async (path) => {
  const plain = await get(path, { 'accept-encoding': 'br, gzip;q=0' });
  const compressed = await get(path, { 'accept-encoding': 'deflate, gzip;q=0.5' });
  expect([plain, compressed].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'gzip']);
  expect(compressed.headers.get('vary')).toContain('Accept-Encoding');
  expect(compressed.headers.get('etag')).not.toBe(plain.headers.get('etag'));
  const [bytes, packed] = [await bytesOf(plain), await bytesOf(compressed)];
  expect(gunzipSync(packed).equals(bytes)).toBe(true);
  expect(packed.length).toBeLessThan(bytes.length);
  const etag = compressed.headers.get('etag') ?? '';
  expect((await get(path, { 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304);
});

test('the OpenAPI document is rendered once, whatever the hosts and the number of requests', async () => {
  const fresh = await openTestApi();
  const render = vi.spyOn(fresh.app, 'getOpenAPI31Document');
  const hosts = Array.from({ length: 100 }, (_, index) => `192.0.2.${index}`);
  for (const host of [...hosts, ...hosts]) {
    const response = await fresh.app.request(`http://${host}/docs`);
    expect(await response.json()).toMatchObject({ openapi: '3.1.0', servers: [{ url: `http://${host}` }] });
  }
  expect(render).toHaveBeenCalledTimes(1);
  await fresh.close();
});

test('each host gets pages with its own links', async () => {
  const [one, two] = ['192.0.2.1', '192.0.2.2'].map(async (host) => (await get('/swagger', {}, host)).text());
  expect(await one).toContain('http://192.0.2.1/swagger/assets/');
  expect(await one).not.toContain('192.0.2.2');
  expect(await two).toContain('http://192.0.2.2/swagger/assets/');
});
