import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { type KeyedApi, openKeyedApi } from './open-keyed-api.ts';
import { fill, type Operation, readOperations } from './operations.ts';

const operations = await readOperations();
const foreign = { id: '0199f0c2-0000-7000-8000-000000000000', name: 'default', code: 'nothing' };
const named = (cases: Operation[]) => cases.map((operation) => [operation.id, operation] as const);
const withId = operations.filter(({ path }) => path.includes('{id}'));
const withBody = operations.filter(({ accepts }) => accepts.length > 0);
const gets = operations.filter(({ method }) => method === 'GET');
const posts = operations.filter(({ method }) => method === 'POST');
const open = operations.filter(({ needs }) => needs === 'open');
const closed = operations.filter(({ needs }) => needs === 'read' || needs === 'write');
const toRead = operations.filter(({ needs }) => needs === 'read');
const toWrite = operations.filter(({ needs }) => needs === 'write');
const unknownKey = `tk_${'A'.repeat(43)}`;

let api: KeyedApi;
let send: KeyedApi['send'];
beforeAll(async () => {
  api = await openKeyedApi();
  ({ send } = api);
});
afterAll(() => api.close());

const real = (path: string) =>
  fill(path, { id: api.ids[path.split('/')[1] ?? ''] ?? '', name: 'default', code: 'not_found' });
const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  return problem;
};
const ask = ({ method, path }: Operation, values: Record<string, string>, init: RequestInit = {}) =>
  send(fill(path, values), { method, ...init });

test('the document lists every route, each with a unique operation id', () => {
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  expect(operations.length).toBeGreaterThan(20);
});

test.each([...new Set(operations.map(({ path }) => path))])(
  '%s rejects other methods with 405 and Allow',
  async (path) => {
    const known = operations.filter((operation) => operation.path === path).map(({ method }) => method);
    const response = await send(fill(path, foreign), { method: 'PATCH' });
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(response.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(known));
  },
);

test.each(named(withId))('%s answers 404 for an unknown id', async (_id, operation) => {
  const response = await ask(operation, foreign);
  expect(await problemOf(response)).toMatchObject({ status: 404, code: 'not_found' });
  expect(operation.codes).toContain('not_found');
});

test.each(named(withId))('%s rejects a malformed id with 422', async (_id, operation) => {
  for (const id of ['not-an-id', "'; drop table jobs; --", '%00', '..%2f..', 'x'.repeat(5_000)]) {
    const problem = await problemOf(await ask(operation, { ...foreign, id }));
    expect(problem).toMatchObject({ status: 422, code: 'invalid_parameter' });
  }
});

test.each(named(withBody))('%s rejects a body of another type with 415', async (_id, operation) => {
  const headers = { 'content-type': 'text/plain' };
  const response = await ask(operation, { ...foreign, id: api.ids.images ?? '' }, { headers, body: 'hello' });
  expect(await problemOf(response)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  expect(operation.codes).toContain('unsupported_media_type');
});

describe.each(named(withBody))('%s rejects a malformed body', (_id, operation) => {
  test.each(operation.accepts)('sent as %s', async (type) => {
    const headers = { 'content-type': type === 'multipart/form-data' ? `${type}; boundary=x` : type };
    const response = await ask(operation, { ...foreign, id: api.ids.images ?? '' }, { headers, body: '--x\r\n{"' });
    const { status, code } = await problemOf(response);
    expect([400, 415, 422]).toContain(status);
    expect(operation.codes).toContain(code);
  });
});

test.each(named(gets))('HEAD of %s answers like GET, without a body', async (_id, { path }) => {
  const plain = await send(real(path));
  await plain.body?.cancel();
  const head = await send(real(path), { method: 'HEAD' });
  expect(head.status).toBe(plain.status);
  expect(head.status).toBeLessThan(400);
  expect(await head.text()).toBe('');
  const shown = ['content-type', 'etag', 'cache-control', 'content-security-policy', 'x-content-type-options'];
  for (const name of shown) expect([name, head.headers.get(name)]).toEqual([name, plain.headers.get(name)]);
});

test('every operation declares the key that it requires, or that it requires none', () => {
  expect([...open, ...toRead, ...toWrite].map(({ id }) => id).sort()).toEqual(operations.map(({ id }) => id).sort());
  expect(toRead.length).toBeGreaterThan(8);
  expect(toWrite.length).toBeGreaterThan(5);
});

test.each(named(open))('%s answers without a key', async (_id, { path }) => {
  const response = await api.request(real(path));
  await response.body?.cancel();
  expect(response.status).toBeLessThan(400);
});

test.each(named(closed))('%s rejects every invalid key alike, without reading the body', async (_id, operation) => {
  const { method, path } = operation;
  const wrong = [
    'Bearer',
    'Bearer x',
    `Bearer ${unknownKey}`,
    `Bearer ${api.keys.revoked}`,
    `Bearer ${api.keys.expired}`,
    `Bearer ${api.keys.write}x`,
  ];
  const sent = [
    {},
    ...[...wrong, `Basic ${api.keys.write}`, api.keys.write, ''].map((authorization) => ({ authorization })),
  ];
  let wasRead = false;
  const pull = () => {
    wasRead = true;
  };
  for (const headers of sent) {
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const response = await api.request(real(path), { method, headers, ...(method === 'POST' && { body }) });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' });
  }
  expect(wasRead).toBe(false);
  expect(operation.codes).toContain('unauthorized');
});

test.each(named(toWrite))('%s is forbidden with a read key', async (_id, operation) => {
  const response = await send(real(operation.path), { method: operation.method }, api.keys.read);
  expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' });
  expect(operation.codes).toContain('forbidden');
});

test.each(named(toRead))('%s is allowed with a read key', async (_id, { path }) => {
  const response = await send(real(path), {}, api.keys.read);
  await response.body?.cancel();
  expect(response.status).toBeLessThan(400);
});

test.each(named(withId))(
  '%s answers the key of another owner as if the id did not exist',
  async (_id, { method, path }) => {
    const conditions = { prefer: 'wait=5', 'last-event-id': 'end', 'if-none-match': '*', range: 'bytes=0-0' };
    const responses = [real(path), fill(path, foreign)].map(async (address) => {
      const response = await send(address, { method, headers: conditions }, api.keys.other);
      const { instance: _instance, requestId, ...problem } = await problemOf(response);
      const headers = [...response.headers].filter(([name, value]) => value !== requestId && name !== 'traceresponse');
      return { problem, headers };
    });
    const [another, absent] = await Promise.all(responses);
    expect(another).toEqual(absent);
    expect(another?.problem).toMatchObject({ status: 404, code: 'not_found' });
  },
);

test.each(named([...toRead, ...toWrite]))(
  '%s is allowed with an admin key, also for what belongs to another owner',
  async (_id, { method, path }) => {
    const ids = await api.createResources();
    const address = fill(path, { id: ids[path.split('/')[1] ?? ''] ?? '', name: 'default' });
    const response = await send(address, { method }, api.keys.admin);
    await response.body?.cancel();
    // The last three: without a body, and for a job that has not failed.
    expect([200, 201, 202, 204, 400, 409, 415]).toContain(response.status);
  },
);

test.each(named(posts))(
  '%s can be repeated with an Idempotency-Key, and rejects an invalid one',
  async (_id, operation) => {
    expect(operation.headers).toContain('idempotency-key');
    for (const code of ['idempotency_mismatch', 'idempotency_in_flight']) expect(operation.codes).toContain(code);
    const response = await send(real(operation.path), { method: 'POST', headers: { 'idempotency-key': 'a b' } });
    expect(await problemOf(response)).toMatchObject({
      status: 422,
      code: 'invalid_parameter',
      errors: [{ pointer: '/idempotency-key' }],
    });
  },
);

test('rejected requests have changed nothing', async () => {
  for (const [kind, id] of Object.entries(api.ids)) expect((await send(`/${kind}/${id}`)).status).toBe(200);
  expect(await (await send('/jobs?limit=100')).json()).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: api.ids.jobs })]),
  );
});
