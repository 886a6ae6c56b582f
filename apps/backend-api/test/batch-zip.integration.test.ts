import { claimJob, failJob } from '@thumbnail-api/jobs';
import type { ObjectStore } from '@thumbnail-api/storage';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { actionNames, type Content, parseBatch, sendBatch } from './send-batch.ts';

let api: TestApi;
let png: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  png = await drawQuarters(20, 20);
});
afterAll(() => api.close());

const send = (files: [string, Content][], options?: Record<string, string>) => sendBatch(api, files, options);

test('the ZIP contains all thumbnails when every job has finished', async () => {
  const files: [string, Content][] = [
    ['0.png', png],
    ['1.png', png],
    ['../../käse.png', png],
  ];
  const batch = await parseBatch(await send(files, { thumbnails: '[{"name":"a"},{"name":"b","format":"png"}]' }));
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
  const ended = await parseBatch(await api.request(`/batches/${batch.id}`));
  expect(ended.counts).toEqual({ uploaded: 0, processing: 0, success: 2, error: 1 });
  expect(actionNames(ended)).toEqual(['View Details', 'Download All']);

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

test('a batch without accepted files has an empty ZIP and no action for it', async () => {
  const batch = await parseBatch(await send([['a.txt', new Uint8Array(10)]]));
  expect(actionNames(batch)).not.toContain('Download All');
  const response = await api.request(`/batches/${batch.id}/zip`);
  expect(response.status).toBe(200);
  expect(await listZip(new Uint8Array(await response.arrayBuffer()))).toEqual([]);
});

test('a client that disconnects closes the file that is being read, and no other file is opened', async () => {
  // A small file is read and verified before any of it is sent.
  const large = new Uint8Array(300_000);
  const opened: AbortSignal[] = [];
  const find: ObjectStore['find'] = (key, options = {}) => {
    if (options.signal) opened.push(options.signal);
    // It sends a byte and then nothing.
    const body = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(new Uint8Array(1)) });
    return Promise.resolve({ key, type: 'image/webp', bytes: large.length, modifiedAt: new Date(), body });
  };
  const slow = await openTestApi();
  onTestFinished(() => slow.close());
  const app = await openTestApi({ ...slow.deps, store: { ...slow.deps.store, find } });
  onTestFinished(() => app.close());
  const form = new FormData();
  for (const name of ['a.png', 'b.png']) form.append('file', new Blob([png]), name);
  const batch = await parseBatch(await app.request('/batches', { method: 'POST', body: form }));
  for (const { id } of batch.jobs) await endJob(app.deps, id, large);

  const reader = (await app.request(`/batches/${batch.id}/zip`)).body?.getReader();
  await reader?.read();
  await expect.poll(() => opened.length).toBe(1);
  expect(opened[0]?.aborted).toBe(false);
  await reader?.cancel();
  await expect.poll(() => opened[0]?.aborted, { timeout: 10_000 }).toBe(true);
  expect(opened).toHaveLength(1);
});

/** Reads the entries of an uncompressed ZIP from its central directory (APPNOTE 6.3.10, 4.3). */
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
