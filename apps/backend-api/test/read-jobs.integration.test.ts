import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const openApiSchema = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
});

let api: TestApi;
let ids: string[];
beforeAll(async () => {
  api = await openTestApi();
  const png = await drawQuarters(10, 10);
  ids = [];
  for (let count = 0; count < 7; count += 1) {
    ids.unshift(jobSchema.parse(await (await api.post(png)).json()).id);
  }
});
afterAll(() => api.close());

const list = async (path: string) => {
  const response = await api.request(path.replace('http://localhost', ''));
  const links = Object.fromEntries(
    [...(response.headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, href, rel]) => [rel, href]),
  );
  return {
    ids: z
      .array(jobSchema)
      .parse(await response.json())
      .map(({ id }) => id),
    links,
  };
};

test('jobs are listed newest first', async () => {
  expect((await list('/jobs')).ids).toEqual(ids);
});

test('next leads through all pages, prev leads back, and neither leads past an end', async () => {
  const first = await list('/jobs?limit=3');
  const second = await list(first.links.next ?? '');
  const third = await list(second.links.next ?? '');
  expect([first.ids, second.ids, third.ids]).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  expect(first.links.prev).toBeUndefined();
  expect(third.links.next).toBeUndefined();
  const back = await list(third.links.prev ?? '');
  expect(back.ids).toEqual(second.ids);
  expect((await list(back.links.prev ?? '')).ids).toEqual(first.ids);
});

test('the links of a page keep its filters', async () => {
  const page = await list('/jobs?limit=2&status=uploaded');
  expect(new URL(page.links.next ?? '').searchParams.get('status')).toBe('uploaded');
  expect((await list('/jobs?status=success')).ids).toEqual([]);
});

test('createdAfter is inclusive and createdBefore is exclusive', async () => {
  const all = z.array(jobSchema).parse(await (await api.request('/jobs')).json());
  const moment = encodeURIComponent(all[3]?.createdAt ?? '');
  const after = await list(`/jobs?createdAfter=${moment}`);
  const before = await list(`/jobs?createdBefore=${moment}`);
  expect(after.ids).toContain(ids[3]);
  expect(before.ids).not.toContain(ids[3]);
  expect([...after.ids, ...before.ids]).toEqual(ids);
});

test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00%2B14:00', '9999-12-31T23:59:59-14:00'])(
  'filters by an extreme time: %s',
  async (moment) => {
    const [after, before] = [await list(`/jobs?createdAfter=${moment}`), await list(`/jobs?createdBefore=${moment}`)];
    expect([...after.ids, ...before.ids]).toEqual(ids);
  },
);

test.each([
  ['/jobs?limit=0', 422, 'invalid_parameter'],
  ['/jobs?limit=101', 422, 'invalid_parameter'],
  ['/jobs?limit=0x10', 422, 'invalid_parameter'],
  ['/jobs?limit=1e1', 422, 'invalid_parameter'],
  ['/jobs?limit=%205', 422, 'invalid_parameter'],
  ['/jobs?status=done', 422, 'invalid_parameter'],
  ['/jobs?createdAfter=yesterday', 422, 'invalid_parameter'],
  ['/jobs?cursor=garbage', 400, 'invalid_cursor'],
  [`/jobs?cursor=${btoa('next|0000-01-01T00:00:00.000Z|0199f0c2-0000-7000-8000-000000000000')}`, 400, 'invalid_cursor'],
  ['/jobs/not-an-id', 422, 'invalid_parameter'],
  ['/jobs/0199f0c2-0000-7000-8000-000000000000', 404, 'not_found'],
  ['/jobs/0199f0c2-0000-7000-8000-000000000000/download', 404, 'not_found'],
  ['/jobs/0199f0c2-0000-7000-8000-000000000000/original', 404, 'not_found'],
  ['/nowhere', 404, 'not_found'],
])('%s is answered with %i %s', async (path, status, code) => {
  const response = await api.request(path);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
});

test('a download before the job has finished is answered with 409, an unknown thumbnail with 404', async () => {
  const response = await api.request(`/jobs/${ids[0]}/download`);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 409, code: 'not_ready' });
  const unknown = await api.request(`/jobs/${ids[0]}/thumbnails/never-asked-for`);
  expect(problemSchema.parse(await unknown.json())).toMatchObject({ status: 404, code: 'not_found' });
});

test('a wrong method is answered with 405 and Allow', async () => {
  const response = await api.request('/jobs', { method: 'PUT' });
  expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 405, code: 'method_not_allowed' });
});

test('an unfinished job has Retry-After', async () => {
  expect((await api.request(`/jobs/${ids[0]}`)).headers.get('retry-after')).toBe('1');
});

test('the entry point lists its actions, and shows the documentation to a browser', async () => {
  const body = await (await api.request('/')).json();
  expect(body).toMatchObject({
    actions: [
      { name: 'Create Job', method: 'POST', href: 'http://localhost/jobs', type: 'multipart/form-data' },
      { name: 'List Jobs', method: 'GET', href: 'http://localhost/jobs', type: 'application/json' },
      { name: 'Create Batch', method: 'POST', href: 'http://localhost/batches', type: 'multipart/form-data' },
      { name: 'API Documentation', method: 'GET', href: 'http://localhost/swagger', type: 'text/html' },
    ],
  });
  const browser = await api.request('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
  expect([browser.status, browser.headers.get('vary')]).toEqual([200, expect.stringContaining('Accept')]);
  expect(await browser.text()).toBe(await (await api.request('/swagger')).text());
});

test('the documentation loads nothing from another host', async () => {
  const page = await (await api.request('/swagger')).text();
  const addresses = [...page.matchAll(/(?:src|href)="(http[^"]+)"/g)].map(([, address]) => address ?? '');
  expect(addresses).toHaveLength(3);
  for (const address of addresses) {
    expect(address).toMatch(/^http:\/\/localhost\//);
    expect((await api.request(address.replace('http://localhost', ''))).status).toBe(200);
  }
});

test('the OpenAPI document names every operation', async () => {
  const document = openApiSchema.parse(await (await api.request('/docs')).json());
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/', '/jobs', '/jobs/{id}', '/jobs/{id}/download']),
  );
  expect(document.paths['/jobs']?.post).toMatchObject({
    requestBody: { content: { 'multipart/form-data': { schema: { properties: { file: {}, width: {} } } } } },
  });
});

test('health reports liveness and the state of each dependency', async () => {
  expect(await (await api.request('/health/live')).json()).toEqual({ status: 'up' });
  expect(await (await api.request('/health-check')).json()).toEqual({ status: 'up' });
  const ready = await api.request('/health/ready');
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      status: 'up',
      dependencies: { database: 'up', databaseWrites: 'up', queue: 'up', storage: 'up' },
      objectFaults: [],
    },
  ]);
});

test('a valid request id is echoed, any other is replaced', async () => {
  const echoed = await api.request('/health/live', { headers: { 'x-request-id': 'abc-123' } });
  expect(echoed.headers.get('x-request-id')).toBe('abc-123');
  const replaced = await api.request('/health/live', { headers: { 'x-request-id': 'a b"c' } });
  expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test.each(['/', '/health/live', '/jobs'])('%s must not be cached', async (path) => {
  expect((await api.request(path)).headers.get('cache-control')).toBe('no-store');
});

test('the errors of invalid parameters are written by this service', async () => {
  const problem = problemSchema.parse(await (await api.request('/jobs?limit=abc&status=')).json());
  expect(problem.errors).toEqual([
    { pointer: '/status', detail: 'must be one of: uploaded, processing, success, error' },
    { pointer: '/limit', detail: 'must be a whole number from 1 to 100' },
  ]);
});
