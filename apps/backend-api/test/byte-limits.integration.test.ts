import { drawQuarters } from '@thumbnail-api/testing';
import { beforeAll, expect, test } from 'vitest';
import { openLimitedApi } from './open-limited-api.ts';
import type { TestApi } from './open-test-api.ts';

const kibibyte = 1024;
let image: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  image = await drawQuarters(20, 20);
});
const bytes = 2 * 1024 * kibibyte;
const send = (api: TestApi, body: Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}) =>
  api.request('/jobs', {
    method: 'POST',
    headers: { 'x-forwarded-for': '198.51.100.1', 'content-type': 'image/png', ...headers },
    body,
  });
const withTail = (length: number) => {
  const padded = new Uint8Array(length);
  padded.set(image);
  return padded;
};
const pieces = (length: number) => new Blob([withTail(length)]).stream();

test('rejects an upload whose Content-Length exceeds the remaining bytes before reading it', async () => {
  const api = await openLimitedApi({ rateLimits: { requests: 0, bytes, renderSeconds: 0, windowSeconds: 60 } });
  expect((await send(api, withTail(1_500 * kibibyte))).status).toBe(201);
  let pulled = 0;
  const body = new ReadableStream(
    {
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(kibibyte));
      },
    },
    { highWaterMark: 0 },
  );
  const rejected = await send(api, body, { 'content-length': String(700 * kibibyte) });
  expect(rejected.status).toBe(429);
  expect(rejected.headers.get('ratelimit-policy')).toBe(`"address-bytes";q=${bytes};w=60;qu="content-bytes"`);
  expect(rejected.headers.get('ratelimit')).toMatch(
    new RegExp(`^"address-bytes";r=${bytes - 1_500 * kibibyte};t=\\d+$`),
  );
  expect(pulled).toBe(0);
  expect((await send(api, withTail(400 * kibibyte), { 'content-length': String(400 * kibibyte) })).status).toBe(201);
});

test('counts an upload without a correct Content-Length as it arrives, and stores nothing of a rejected one', async () => {
  const api = await openLimitedApi({
    rateLimits: { requests: 0, bytes, renderSeconds: 0, windowSeconds: 60 },
    upload: { maxBytes: 64 * bytes, deadlineMs: 60_000, concurrency: 4 },
  });
  expect((await send(api, pieces(6 * 1024 * kibibyte), { 'content-length': '10' })).status).toBe(429);
  expect(await api.storedKeys()).toEqual([]);
  expect((await send(api, pieces(10 * kibibyte))).status).toBe(429);
});

test('counts the bytes of forms and batches', async () => {
  const api = await openLimitedApi({ rateLimits: { requests: 0, bytes, renderSeconds: 0, windowSeconds: 60 } });
  const form = () => {
    const parts = new FormData();
    parts.append('file', new Blob([withTail(900 * kibibyte)]), 'a.png');
    return { method: 'POST', headers: { 'x-forwarded-for': '198.51.100.1' }, body: parts };
  };
  expect((await api.request('/jobs', form())).status).toBe(201);
  expect((await api.request('/batches', form())).status).toBe(201);
  const header = /"address-bytes";r=(\d+)/.exec(
    (await send(api, pieces(10 * kibibyte))).headers.get('ratelimit') ?? '',
  );
  expect(Number(header?.[1])).toBeLessThan(bytes - 1_800 * kibibyte);
  expect(Number(header?.[1])).toBeGreaterThan(bytes - 1_900 * kibibyte);
});
