import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi, type TestApi } from './open-test-api.ts';

const maxBytes = 700_000;
let api: TestApi;
let png: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi({ config: { upload: { maxBytes, deadlineMs: 60_000, concurrency: 4 } } });
  png = await drawQuarters(20, 20);
});
afterAll(() => api.close());

/** An image of exactly this length. */
const fileOf = (length: number) => {
  const file = new Uint8Array(length);
  file.set(png);
  return file;
};
const post = (body: Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}) =>
  api.request('/jobs', { method: 'POST', body, headers: { 'content-type': 'image/png', ...headers } });

const ways: [string, (file: Uint8Array<ArrayBuffer>) => Promise<Response>][] = [
  ['as raw bytes', (file) => post(file)],
  ['as raw bytes with a Content-Length', (file) => post(file, { 'content-length': String(file.length) })],
  ['as a stream', (file) => post(new Blob([file]).stream())],
  ['in a form', (file) => api.post(file)],
];

test.each(ways)('a file of exactly MAX_UPLOAD_BYTES is accepted %s', async (_, send) => {
  const response = await send(fileOf(maxBytes));
  expect([response.status, await response.json()]).toMatchObject([201, { image: { bytes: maxBytes } }]);
});

test.each(ways)('a file one byte above MAX_UPLOAD_BYTES is rejected with 413 %s', async (_, send) => {
  const stored = await api.storedKeys();
  expect((await send(fileOf(maxBytes + 1))).status).toBe(413);
  expect(await api.storedKeys()).toEqual(stored);
});
