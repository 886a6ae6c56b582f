import { claimJob, type Failure, failJob } from '@thumbnail-api/jobs';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../src/http/problem.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { readEvents } from './read-events.ts';
import { actionNames, type Content, parseBatch, sendBatch } from './send-batch.ts';

let api: TestApi;
let png: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  png = await drawQuarters(20, 20);
});
afterAll(() => api.close());

const send = (files: [string, Content][], options?: Record<string, string>) => sendBatch(api, files, options);
const several = (count: number): [string, Content][] => Array.from({ length: count }, (_, at) => [`${at}.png`, png]);

test('a file name that cannot be stored is cleaned, and the other files are not affected', async () => {
  const half = `${'a'.repeat(254)}😀`;
  const parts = ['a%00b.png', 'b%00.txt', encodeURIComponent(half)].map(
    (name) =>
      `--x\r\ncontent-disposition: form-data; name="file"; filename*=UTF-8''${name}\r\ncontent-type: image/png\r\n\r\n`,
  );
  const bodies = [png, new Uint8Array(9), new Uint8Array(9)];
  const body = new Blob([...parts.flatMap((part, at) => [part, bodies[at] ?? '', '\r\n']), '--x--\r\n']);
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const response = await api.request('/batches', { method: 'POST', body, headers });
  expect(response.status).toBe(201);
  const batch = await parseBatch(response);
  expect(batch.jobs.map(({ image }) => image.filename)).toEqual(['ab.png']);
  expect(batch.refused.map(({ filename }) => filename)).toEqual(['b.txt', `${'a'.repeat(254)}\ufffd`]);
});

test('each file is accepted or rejected on its own, in the order of the files', async () => {
  const gif = new Uint8Array(44);
  gif.set(new TextEncoder().encode('GIF89a'));
  gif.set([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], 6);
  const large = new Uint8Array(3 * 1024 ** 2);
  large.set(png);
  const stored = await api.storedKeys();
  const response = await send(
    [
      ['a.png', png],
      ['b.txt', 'text'],
      ['c.png', new Uint8Array(0)],
      ['d.gif', gif],
      ['e.png', large],
      ['f.png', png],
    ],
    { width: '32' },
  );
  expect(response.status).toBe(201);
  const batch = await parseBatch(response);
  expect(response.headers.get('location')).toBe(`http://localhost/batches/${batch.id}`);
  expect(batch.counts).toEqual({ uploaded: 2, processing: 0, success: 0, error: 0 });
  expect(batch.jobs.map(({ image }) => image.filename)).toEqual(['a.png', 'f.png']);
  expect(batch.refused.map(({ filename, problem }) => [filename, problem.code, problem.status])).toEqual([
    ['b.txt', 'unsupported_media_type', 415],
    ['c.png', 'file_empty', 400],
    ['d.gif', 'image_too_large', 422],
    ['e.png', 'payload_too_large', 413],
  ]);
  expect(await api.storedKeys()).toHaveLength(stored.length + 2);
  expect(actionNames(batch)).toEqual(['View Details', 'Watch Progress']);
  expect((await claimJob(api.deps, batch.jobs[1]?.id ?? ''))?.specs).toMatchObject([{ width: 32 }]);
});

test('only the file with too many thumbnail pixels is rejected', async () => {
  const wide = await parseBatch(
    await send([['wide.png', await drawQuarters(400, 1)], ...several(1)], { height: '100', enlarge: 'true' }),
  );
  expect(wide.refused.map(({ problem }) => problem.code)).toEqual(['image_too_large']);
  expect(wide.jobs).toHaveLength(1);
});

test.each([
  ['invalid options', 422, 'invalid_parameter', 2, { width: '0' }],
  ['too many files', 400, 'too_many_files', 21, {}],
  ['no file', 400, 'file_missing', 0, {}],
  ['too many bytes in total', 413, 'payload_too_large', 20, { background: 'x'.repeat(10) }],
])('%s: the whole batch is rejected with %i %s, and nothing is stored', async (what, status, code, count, options) => {
  const stored = await api.storedKeys();
  const padded = new Uint8Array(500_000);
  padded.set(png);
  const bytes = { 'too many bytes in total': padded }[what] ?? png;
  const files: [string, Content][] = Array.from({ length: count }, (_, at) => [`${at}.png`, bytes]);
  const response = await send(files, options);
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
  expect(await api.storedKeys()).toEqual(stored);
});

test('nothing is stored when the form ends early', async () => {
  const stored = await api.storedKeys();
  const body = new FormData();
  for (const [name, bytes] of several(3)) body.append('file', new Blob([bytes]), name);
  const form = new Response(body);
  const type = form.headers.get('content-type') ?? '';
  const bytes = new Uint8Array(await form.arrayBuffer());
  const response = await api.request('/batches', {
    method: 'POST',
    headers: { 'content-type': type },
    body: bytes.slice(0, bytes.length - 100),
  });
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 400, code: 'malformed_multipart' });
  expect(await api.storedKeys()).toEqual(stored);
});

test('events report each finished job, then the batch, and a client that resumes misses none', async () => {
  const batch = await parseBatch(await send(several(3)));
  const [first = '', second = '', third = ''] = batch.jobs.map(({ id }) => id);
  await endJob(api.deps, second);
  const events = readEvents(await api.request(`/batches/${batch.id}/events`));
  const received = (await events.next()).value;
  expect(received).toMatchObject({ event: 'job', data: { id: second, status: 'success' } });
  await endJob(api.deps, third);
  expect((await events.next()).value).toMatchObject({ event: 'job', data: { id: third } });
  await events.return(undefined);

  await endJob(api.deps, first);
  const headers = { 'last-event-id': received?.id ?? '' };
  const seen: unknown[] = [];
  for await (const { event, data } of readEvents(await api.request(`/batches/${batch.id}/events`, { headers })))
    seen.push(event === 'job' ? z.looseObject({ id: z.string() }).parse(data).id : event);
  expect(seen).toEqual(expect.arrayContaining([first, third]));
  expect(seen.at(-1)).toBe('end');
  const after = await api.request(`/batches/${batch.id}/events`, { headers: { 'last-event-id': 'end' } });
  expect(after.status).toBe(204);
});

test('a batch with a job that can be retried has the action Retry, which queues its failed jobs again and no others', async () => {
  const batch = await parseBatch(await send(several(3)));
  const other = await parseBatch(await send(several(1)));
  const [done = '', late = '', corrupt = ''] = batch.jobs.map(({ id }) => id);
  const fail = async (id: string, code: Failure['code']) => {
    const run = await claimJob(api.deps, id);
    if (!run) throw new Error('nothing to claim');
    await failJob(api.deps, run, { code, message: 'It failed.', retryable: false });
  };
  await endJob(api.deps, done);
  await fail(corrupt, 'image_corrupt');
  expect(actionNames(await parseBatch(await api.request(`/batches/${batch.id}`)))).not.toContain('Retry');
  await fail(late, 'render_timeout');
  await fail(other.jobs[0]?.id ?? '', 'render_timeout');
  const action = (await parseBatch(await api.request(`/batches/${batch.id}`))).actions.find(
    ({ name }) => name === 'Retry',
  );
  const path = action?.href.replace('http://localhost', '') ?? '';
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const response = await api.request(path, { method: 'POST', headers });
  expect(response.status).toBe(202);
  expect((await parseBatch(response)).counts).toEqual({ uploaded: 1, processing: 0, success: 1, error: 1 });
  await fail(late, 'render_timeout');
  const again = await api.request(path, { method: 'POST', headers });
  expect((await parseBatch(again)).counts).toEqual({ uploaded: 0, processing: 0, success: 1, error: 2 });
  expect((await parseBatch(await api.request(`/batches/${other.id}`))).counts.error).toBe(1);
});

test.each(['', '/events', '/zip'])('an unknown batch is answered with 404 at %s', async (path) => {
  const response = await api.request(`/batches/0199f0c2-0000-7000-8000-000000000000${path}`);
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 404, code: 'not_found' });
});

test('a batch has Retry-After until its last job has ended', async () => {
  const batch = await parseBatch(await send(several(2)));
  const retryAfter = async () => (await api.request(`/batches/${batch.id}`)).headers.get('retry-after');
  const [first = '', second = ''] = batch.jobs.map(({ id }) => id);
  expect(await retryAfter()).toBe('1');
  await endJob(api.deps, first);
  expect(await retryAfter()).toBe('1');
  await endJob(api.deps, second);
  expect(await retryAfter()).toBeNull();
});
