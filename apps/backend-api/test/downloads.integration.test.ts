import { createHash } from 'node:crypto';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const specs = JSON.stringify(['webp', 'jpeg', 'avif'].map((format) => ({ name: format, format, width: 10 })));
const bytes = new TextEncoder().encode('the bytes of a thumbnail');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await openTestApi();
  const job = jobSchema.parse(await (await api.post(await drawQuarters(20, 20), { thumbnails: specs })).json());
  id = job.id;
  await endJob(api.deps, id, bytes);
});
afterAll(() => api.close());

const etag = `"${sha256}"`;
/** Reads each body to its end, because an unread body keeps its file open. */
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await api.request(`/jobs/${id}${path}`, { headers, method });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

test('answers one range with 206 and its Content-Range', async () => {
  const response = await get('/download', { range: 'bytes=4-8' });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe(`bytes 4-8/${bytes.length}`);
  expect(response.headers.get('content-length')).toBe('5');
  expect(response.headers.get('etag')).toBe(etag);
  expect(response.text).toBe('bytes');
});

test('applies a range with a matching If-Range and ignores it otherwise', async () => {
  const range = 'bytes=0-2';
  expect((await get('/download', { range, 'if-range': etag })).status).toBe(206);
  expect((await get('/download', { range, 'if-range': '"other"' })).status).toBe(200);
  expect((await get('/download', { range, 'if-range': `W/${etag}` })).status).toBe(200);
  expect((await get('/download', { range, 'if-range': 'Fri, 20 Nov 2026 12:00:00 GMT' })).status).toBe(200);
});

test('rejects a range outside the file with 416 and the length of the file', async () => {
  const response = await get('/download', { range: 'bytes=1000-' });
  expect(response.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  expect(problemSchema.parse(JSON.parse(response.text))).toMatchObject({ status: 416, code: 'range_not_satisfiable' });
});

test('answers several ranges, or a range in another unit, with the whole file', async () => {
  expect((await get('/download', { range: 'bytes=0-1,4-5' })).status).toBe(200);
  expect((await get('/download', { range: 'pixels=0-1' })).status).toBe(200);
});

test.each([etag, `W/${etag}`, `"other", W/${etag}`, `"other",${etag}`, '*'])(
  'If-None-Match: %s answers 304, because it compares weakly',
  async (tags) => {
    const response = await get('/download', { 'if-none-match': tags });
    expect([response.status, response.text, response.headers.get('etag')]).toEqual([304, '', etag]);
  },
);

test.each(['"other"', 'W/"other"', sha256, 'W/'])('If-None-Match: %s answers 200', async (tags) => {
  expect((await get('/download', { 'if-none-match': tags })).status).toBe(200);
});

test('HEAD has the headers of GET and ignores a range', async () => {
  const plain = await get('/download');
  const head = await get('/download', { range: 'bytes=0-2' }, 'HEAD');
  expect(head.status).toBe(200);
  expect(head.text).toBe('');
  const shown = ['etag', 'content-type', 'content-length', 'content-disposition', 'cache-control', 'accept-ranges'];
  for (const name of shown) expect([name, head.headers.get(name)]).toEqual([name, plain.headers.get(name)]);
});

test.each([
  ['image/avif', 'image/avif'],
  ['image/avif,image/webp,*/*;q=0.8', 'image/webp'],
  ['image/jpeg;q=0.9,image/avif;q=0.5', 'image/jpeg'],
  ['image/webp;q=0, image/*', 'image/jpeg'],
  ['image/webp;q=0.1, */*', 'image/jpeg'],
  ['*/*', 'image/webp'],
  ['text/html', 'image/webp'],
  ['IMAGE/JPEG', 'image/jpeg'],
])('of several formats, Accept: %s selects %s', async (accept, type) => {
  const response = await get('/download', { accept });
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('vary')).toContain('Accept');
});

test('a download by name ignores Accept', async () => {
  const response = await get('/thumbnails/webp', { accept: 'image/avif' });
  expect(response.headers.get('content-type')).toBe('image/webp');
  expect(response.headers.get('vary') ?? '').not.toContain('Accept');
});

test.each([
  ['/download', {}, 200],
  ['/download', { 'if-none-match': etag }, 304],
  ['/download', { range: 'bytes=0-1' }, 206],
  ['/download', { range: 'bytes=999-' }, 416],
  ['/thumbnails/jpeg', {}, 200],
  ['/thumbnails/none', {}, 404],
  ['/original', {}, 200],
  ['/original', { range: 'bytes=0-1' }, 206],
])('%s with %o answers %i, with headers that prevent sniffing and scripts', async (path, headers, status) => {
  const response = await get(path, headers);
  expect(response.status).toBe(status);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const isOriginal = path === '/original' || status === 404;
  expect(response.headers.get('cross-origin-resource-policy')).toBe(isOriginal ? 'same-origin' : 'cross-origin');
});

test.each(['/download', '/thumbnails/jpeg', '/original'])(
  'a browser that opens %s runs no part of it: the response is sandboxed',
  async (path) => {
    for (const range of ['', 'bytes=0-1', 'bytes=9999999-']) {
      const { headers } = await get(path, { range });
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    }
  },
);

test('only a link that identifies the content may be cached forever', async () => {
  const cached = async (query: string) => (await get(`/download${query}`)).headers.get('cache-control');
  expect(await cached(`?v=${sha256.slice(0, 16)}`)).toBe('private, max-age=31536000, immutable');
  expect(await cached('')).toBe('private, no-cache');
  expect(await cached('?v=0000000000000000')).toBe('private, no-cache');
});
