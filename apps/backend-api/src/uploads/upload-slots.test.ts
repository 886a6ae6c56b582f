import type { ByteSource } from '@thumbnail-api/storage';
import { afterEach, expect, test, vi } from 'vitest';
import { UploadSlots } from './upload-slots.ts';

const from = (address: string) => ({ address, count: () => undefined });

afterEach(() => {
  vi.useRealTimers();
});

/** A request with a body that the test sends chunk by chunk. */
function openRequest() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  return {
    request: { url: 'http://localhost/jobs', headers: new Headers(), body },
    send: (bytes: number) => controller?.enqueue(new Uint8Array(bytes)),
    end: () => controller?.close(),
    fail: () => controller?.error(new Error('the client disconnected')),
    wasCancelled: () => cancelled,
  };
}

function whole(bytes: number) {
  const opened = openRequest();
  opened.send(bytes);
  opened.end();
  return opened;
}

/** Reads a body to its end. */
async function countBytes(body: ByteSource | undefined): Promise<number> {
  let bytes = 0;
  for (let piece = await body?.next(); piece; piece = await body?.next()) bytes += piece.length;
  return bytes;
}

/** As much as is read before a body gets a slot. */
const readAheadBytes = 16 * 1024;
const errorWith = (code: string) => expect.objectContaining({ code });
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('clients that have sent less than 16 KiB occupy no slot', async () => {
  const slots = new UploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const slow = Array.from({ length: 50 }, openRequest);
  for (const { request, send } of slow) {
    slots.acquire(request, from('a')).catch(() => undefined);
    send(1);
  }
  await settle();
  const { request, release } = await slots.acquire(whole(100).request, from('a'));
  expect(await countBytes(request.body)).toBe(100);
  release();
  for (const { fail } of slow) fail();
});

test('only as many uploads are read as there are slots, and the others follow in order and complete', async () => {
  const slots = new UploadSlots({ concurrency: 2, deadlineMs: 60_000 });
  const started: number[] = [];
  const acquired = [1, 2, 3, 4].map(async (turn) => {
    const slot = await slots.acquire(whole(readAheadBytes * turn).request, from('a'));
    started.push(turn);
    return slot;
  });
  await settle();
  expect(started).toEqual([1, 2]);
  (await acquired[0])?.release();
  (await acquired[0])?.release();
  const third = await acquired[2];
  expect(started).toEqual([1, 2, 3]);
  expect(await countBytes(third?.request.body)).toBe(readAheadBytes * 3);
  third?.release();
  (await acquired[1])?.release();
  (await acquired[3])?.release();
  expect(started).toEqual([1, 2, 3, 4]);
});

test('a client that stalls keeps its slot until another upload waits for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = new UploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const stalled = openRequest();
  stalled.send(readAheadBytes);
  const slot = await slots.acquire(stalled.request, from('a'));
  const reading = countBytes(slot.request.body).catch((error) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(stalled.wasCancelled()).toBe(false);

  const next = slots.acquire(whole(10).request, from('a'));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await reading).toEqual(errorWith('request_timeout'));
  expect(stalled.wasCancelled()).toBe(true);
  slot.release();
  (await next).release();
});

test('an upload that has waited for 30 seconds is rejected and its body is cancelled', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = new UploadSlots({ concurrency: 1, deadlineMs: 600_000 });
  const unread = openRequest();
  unread.send(readAheadBytes);
  const held = await slots.acquire(unread.request, from('a'));
  const waiting = openRequest();
  waiting.send(readAheadBytes);
  const rejected = slots.acquire(waiting.request, from('a')).catch((error) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await rejected).toEqual(errorWith('unavailable'));
  expect(waiting.wasCancelled()).toBe(true);
  expect(unread.wasCancelled()).toBe(false);
  held.release();
  expect(slots.counts()).toEqual({ free: 1, used: 0, waiting: 0 });
});

test('a client that sends steadily keeps its slot, and so does one whose body is not being read', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = new UploadSlots({ concurrency: 2, deadlineMs: 60_000 });
  const steady = openRequest();
  const unread = openRequest();
  steady.send(readAheadBytes);
  unread.send(readAheadBytes);
  const slot = await slots.acquire(steady.request, from('a'));
  const held = await slots.acquire(unread.request, from('a'));
  const reading = countBytes(slot.request.body);
  const next = slots.acquire(whole(10).request, from('a'));
  for (let count = 0; count < 40; count += 1) {
    steady.send(8 * 1024);
    await vi.advanceTimersByTimeAsync(250);
  }
  steady.end();
  expect(await reading).toBe(readAheadBytes + 40 * 8 * 1024);
  expect(unread.wasCancelled()).toBe(false);
  slot.release();
  held.release();
  (await next).release();
});

test('a body is cancelled at the deadline, before and after it gets a slot', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = new UploadSlots({ concurrency: 1, deadlineMs: 5_000 });
  const silent = slots.acquire(openRequest().request, from('a')).catch((error) => error);
  const opened = openRequest();
  opened.send(readAheadBytes);
  const slot = await slots.acquire(opened.request, from('a'));
  const reading = countBytes(slot.request.body).catch((error) => error);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await silent).toEqual(errorWith('request_timeout'));
  expect(await reading).toEqual(errorWith('request_timeout'));
  slot.release();
});

test('a client that disconnects gets malformed_multipart and frees its place', async () => {
  const slots = new UploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const gone = openRequest();
  const acquiring = slots.acquire(gone.request, from('a'));
  gone.fail();
  await expect(acquiring).rejects.toMatchObject({ code: 'malformed_multipart' });
  (await slots.acquire(whole(1).request, from('a'))).release();
});
