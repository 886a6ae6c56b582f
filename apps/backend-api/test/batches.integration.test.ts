import { claimJob, failJob } from '@thumbnail-api/jobs';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { batchSchema } from '../src/batches/batch-schema.ts';
import { problemSchema } from '../src/http/problem.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { readEvents } from './read-events.ts';

type Content = Uint8Array<ArrayBuffer> | string;

let api: TestApi;
let picture: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  picture = await drawQuarters(20, 20);
});
afterAll(() => api.close());

const send = (files: [string, Content][], options: Record<string, string> = {}, from = api) => {
  const body = new FormData();
  for (const [name, bytes] of files) body.append('file', new Blob([bytes]), name);
  for (const [name, value] of Object.entries(options)) body.append(name, value);
  return from.request('/batches', { method: 'POST', body });
};
const parsed = async (response: Response) => batchSchema.parse(await response.json());
const names = (batch: z.output<typeof batchSchema>) => batch.actions.map(({ name }) => name);
const several = (count: number): [string, Content][] =>
  Array.from({ length: count }, (_, at) => [`${at}.png`, picture]);

test('no name of a file, accepted or refused, costs the others their place', async () => {
  const half = `${'a'.repeat(254)}😀`;
  const parts = ['a%00b.png', 'b%00.txt', encodeURIComponent(half)].map(
    (name) =>
      `--x\r\ncontent-disposition: form-data; name="file"; filename*=UTF-8''${name}\r\ncontent-type: image/png\r\n\r\n`,
  );
  const bodies = [picture, new Uint8Array(9), new Uint8Array(9)];
  const body = new Blob([...parts.flatMap((part, at) => [part, bodies[at] ?? '', '\r\n']), '--x--\r\n']);
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const response = await api.request('/batches', { method: 'POST', body, headers });
  expect(response.status).toBe(201);
  const batch = await parsed(response);
  expect(batch.jobs.map(({ image }) => image.filename)).toEqual(['ab.png']);
  expect(batch.refused.map(({ filename }) => filename)).toEqual(['b.txt', `${'a'.repeat(254)}\ufffd`]);
});

test('each file is accepted or refused for itself, in their order', async () => {
  const gif = new Uint8Array(44);
  gif.set(new TextEncoder().encode('GIF89a'));
  gif.set([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], 6);
  const large = new Uint8Array(3 * 1024 ** 2);
  large.set(picture);
  const stored = await api.storedKeys();
  const response = await send(
    [
      ['a.png', picture],
      ['b.txt', 'text'],
      ['c.png', new Uint8Array(0)],
      ['d.gif', gif],
      ['e.png', large],
      ['f.png', picture],
    ],
    { width: '32' },
  );
  expect(response.status).toBe(201);
  const batch = await parsed(response);
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
  expect(names(batch)).toEqual(['View Details', 'Watch Progress']);
  expect((await claimJob(api.deps, batch.jobs[1]?.id ?? ''))?.specs).toMatchObject([{ width: 32 }]);
});

test('a file whose thumbnails would have too many pixels is refused for itself', async () => {
  const wide = await parsed(
    await send([['wide.png', await drawQuarters(400, 1)], ...several(1)], { height: '100', enlarge: 'true' }),
  );
  expect(wide.refused.map(({ problem }) => problem.code)).toEqual(['image_too_large']);
  expect(wide.jobs).toHaveLength(1);
});

test.each([
  ['faulty options', 422, 'invalid_parameter', 2, { width: '0' }],
  ['too many files', 400, 'too_many_files', 21, {}],
  ['no file', 400, 'file_missing', 0, {}],
  ['too many bytes in all', 413, 'payload_too_large', 20, { background: 'x'.repeat(10) }],
])('%s refuse the whole batch with %i %s, and nothing is stored', async (what, status, code, count, options) => {
  const stored = await api.storedKeys();
  const padded = new Uint8Array(500_000);
  padded.set(picture);
  const bytes = { 'too many bytes in all': padded }[what] ?? picture;
  const files: [string, Content][] = Array.from({ length: count }, (_, at) => [`${at}.png`, bytes]);
  const response = await send(files, options);
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
  expect(await api.storedKeys()).toEqual(stored);
});

test('a form that is cut off leaves nothing, whatever had arrived', async () => {
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

test('events tell of each job that ends, then of the whole; who resumes misses none', async () => {
  const batch = await parsed(await send(several(3)));
  const [first = '', second = '', third = ''] = batch.jobs.map(({ id }) => id);
  await endJob(api.deps, second);
  const events = readEvents(await api.request(`/batches/${batch.id}/events`));
  const heard = (await events.next()).value;
  expect(heard).toMatchObject({ event: 'job', data: { id: second, status: 'success' } });
  await endJob(api.deps, third);
  expect((await events.next()).value).toMatchObject({ event: 'job', data: { id: third } });
  await events.return(undefined);

  await endJob(api.deps, first);
  const headers = { 'last-event-id': heard?.id ?? '' };
  const seen: unknown[] = [];
  for await (const { event, data } of readEvents(await api.request(`/batches/${batch.id}/events`, { headers })))
    seen.push(event === 'job' ? z.looseObject({ id: z.string() }).parse(data).id : event);
  expect(seen).toEqual(expect.arrayContaining([first, third]));
  expect(seen.at(-1)).toBe('end');
  const after = await api.request(`/batches/${batch.id}/events`, { headers: { 'last-event-id': 'end' } });
  expect(after.status).toBe(204);
});

test('all thumbnails come as one ZIP, once every job has ended', async () => {
  const files: [string, Content][] = [...several(2), ['../../käse.png', picture]];
  const batch = await parsed(await send(files, { thumbnails: '[{"name":"a"},{"name":"b","format":"png"}]' }));
  const early = await api.request(`/batches/${batch.id}/zip`);
  expect(problemSchema.parse(await early.json())).toMatchObject({ status: 409, code: 'not_ready' });

  const [first = '', second = '', third = ''] = batch.jobs.map(({ id }) => id);
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  await endJob(api.deps, first, bytes);
  await endJob(api.deps, third, bytes);
  const run = await claimJob(api.deps, second);
  await failJob(
    api.deps,
    { id: second, run: run?.run ?? 0, tries: 0, crashes: 0 },
    { code: 'image_corrupt', message: 'No.', retryable: false },
  );
  const ended = await parsed(await api.request(`/batches/${batch.id}`));
  expect(ended.counts).toEqual({ uploaded: 0, processing: 0, success: 2, error: 1 });
  expect(names(ended)).toEqual(['View Details', 'Download All']);

  const response = await api.request(`/batches/${batch.id}/zip`);
  const zip = new Uint8Array(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(zip.length));
  expect(response.headers.get('content-type')).toBe('application/zip');
  const entries = await listZip(zip);
  expect(entries.map(({ name }) => name)).toEqual([
    '1-a-0-10x10.webp',
    '1-b-0-10x10.png',
    '3-a-käse-10x10.webp',
    '3-b-käse-10x10.png',
  ]);
  const both = [bytes, new Uint8Array([...bytes, 1])];
  expect(entries.map((entry) => entry.bytes)).toEqual([...both, ...both]);
  const head = await api.request(`/batches/${batch.id}/zip`, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(String(zip.length));
});

test('where every file was refused the ZIP is empty, and not offered', async () => {
  const batch = await parsed(await send([['a.txt', new Uint8Array(10)]]));
  expect(names(batch)).not.toContain('Download All');
  const response = await api.request(`/batches/${batch.id}/zip`);
  expect(response.status).toBe(200);
  expect(await listZip(new Uint8Array(await response.arrayBuffer()))).toEqual([]);
});

test.each(['', '/events', '/zip'])('a batch that does not exist is a problem at %s', async (path) => {
  const response = await api.request(`/batches/0199f0c2-0000-7000-8000-000000000000${path}`);
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 404, code: 'not_found' });
});

/** Reads a ZIP of stored entries by its central directory (APPNOTE 6.3.10, 4.3). */
function listZip(zip: Uint8Array): { name: string; bytes: Uint8Array }[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  const entries: { name: string; bytes: Uint8Array }[] = [];
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count -= 1) {
    expect([view.getUint32(at, true), view.getUint16(at + 10, true)]).toEqual([0x02014b50, 0]);
    const nameLength = view.getUint16(at + 28, true);
    const size = view.getUint32(at + 24, true);
    const local = view.getUint32(at + 42, true);
    const data = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const bytes = zip.slice(data, data + size);
    expect(Bun.hash.crc32(bytes)).toBe(view.getUint32(at + 16, true));
    entries.push({ name: new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameLength)), bytes });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}
