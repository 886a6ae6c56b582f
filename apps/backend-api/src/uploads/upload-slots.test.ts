import type { ByteSource } from '@thumbnail-api/storage';
import { afterEach, expect, test, vi } from 'vitest';
import { createUploadSlots } from './upload-slots.ts';

const from = (name: string) => ({ from: name, count: () => undefined });

afterEach(() => {
  vi.useRealTimers();
});

/** A request whose body is given piece by piece. */
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
    fail: () => controller?.error(new Error('the client is gone')),
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

const begun = 16 * 1024;
const textOf = (code: string) => expect.objectContaining({ code });
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('clients that send next to nothing take no slot, however many they are', async () => {
  const slots = createUploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const slow = Array.from({ length: 50 }, openRequest);
  for (const { request, send } of slow) {
    slots.take(request, from('a')).catch(() => undefined);
    send(1);
  }
  await settle();
  const { request, release } = await slots.take(whole(100).request, from('a'));
  expect(await countBytes(request.body)).toBe(100);
  release();
  for (const { fail } of slow) fail();
});

test('no more are read at a time than there are slots, and what waited comes whole and in turn', async () => {
  const slots = createUploadSlots({ concurrency: 2, deadlineMs: 60_000 });
  const began: number[] = [];
  const taken = [1, 2, 3, 4].map(async (turn) => {
    const slot = await slots.take(whole(begun * turn).request, from('a'));
    began.push(turn);
    return slot;
  });
  await settle();
  expect(began).toEqual([1, 2]);
  (await taken[0])?.release();
  (await taken[0])?.release();
  const third = await taken[2];
  expect(began).toEqual([1, 2, 3]);
  expect(await countBytes(third?.request.body)).toBe(begun * 3);
  third?.release();
  (await taken[1])?.release();
  (await taken[3])?.release();
  expect(began).toEqual([1, 2, 3, 4]);
});

test('a client that stalls keeps its slot while nobody waits, and loses it to one who does', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = createUploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const stalled = openRequest();
  stalled.send(begun);
  const slot = await slots.take(stalled.request, from('a'));
  const reading = countBytes(slot.request.body).catch((error) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(stalled.wasCancelled()).toBe(false);

  const next = slots.take(whole(10).request, from('a'));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await reading).toEqual(textOf('request_timeout'));
  expect(stalled.wasCancelled()).toBe(true);
  slot.release();
  (await next).release();
});

test('whoever waits for half a minute is told to come again, and the others keep their places', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = createUploadSlots({ concurrency: 1, deadlineMs: 600_000 });
  const unread = openRequest();
  unread.send(begun);
  const held = await slots.take(unread.request, from('a'));
  const early = openRequest();
  early.send(begun);
  const first = slots.take(early.request, from('a')).catch((error) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  const second = slots.take(whole(10).request, from('a'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await first).toEqual(expect.objectContaining({ code: 'unavailable', retryable: true, retryAfterSeconds: 2 }));
  expect(early.wasCancelled()).toBe(true);
  expect(slots.counts()).toEqual({ free: 0, used: 1, waiting: 1 });
  held.release();
  (await second).release();
  expect(slots.counts()).toEqual({ free: 1, used: 0, waiting: 0 });
});

test('a client that sends steadily keeps its slot, and so does one that our own side keeps waiting', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = createUploadSlots({ concurrency: 2, deadlineMs: 60_000 });
  const steady = openRequest();
  const unread = openRequest();
  steady.send(begun);
  unread.send(begun);
  const slot = await slots.take(steady.request, from('a'));
  const held = await slots.take(unread.request, from('a'));
  const reading = countBytes(slot.request.body);
  const next = slots.take(whole(10).request, from('a'));
  for (let count = 0; count < 40; count += 1) {
    steady.send(8 * 1024);
    await vi.advanceTimersByTimeAsync(250);
  }
  steady.end();
  expect(await reading).toBe(begun + 40 * 8 * 1024);
  expect(unread.wasCancelled()).toBe(false);
  slot.release();
  held.release();
  (await next).release();
});

test('a beginning and a body that never end are given up at the deadline', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  const slots = createUploadSlots({ concurrency: 1, deadlineMs: 5_000 });
  const begins = slots.take(openRequest().request, from('a')).catch((error) => error);
  const opened = openRequest();
  opened.send(begun);
  const slot = await slots.take(opened.request, from('a'));
  const reading = countBytes(slot.request.body).catch((error) => error);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await begins).toEqual(textOf('request_timeout'));
  expect(await reading).toEqual(textOf('request_timeout'));
  slot.release();
});

test('who has all but the last quarter of the slots gets no more, and others still get in', async () => {
  const slots = createUploadSlots({ concurrency: 4, deadlineMs: 60_000 });
  const took: string[] = [];
  const take = async (name: string) => {
    const slot = await slots.take(whole(1).request, from(name));
    took.push(name);
    return slot;
  };
  const [first] = ['a', 'a', 'a', 'a', 'a'].map(take);
  await settle();
  expect(took).toEqual(['a', 'a', 'a']);
  const other = await take('b');
  const third = take('c');
  await settle();
  expect(took).toEqual(['a', 'a', 'a', 'b']);
  (await first)?.release();
  (await third).release();
  expect(took).toEqual(['a', 'a', 'a', 'b', 'c']);
  other.release();
  await settle();
  expect(took).toEqual(['a', 'a', 'a', 'b', 'c', 'a']);
});

test('where too many wait already the next is refused, and told when to come again', async () => {
  const slots = createUploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const first = await slots.take(whole(1).request, from('a'));
  const waiting = Array.from({ length: 16 }, () => slots.take(whole(1).request, from('a')));
  await settle();
  const refused = slots.take(whole(1).request, from('a'));
  await expect(refused).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
  first.release();
  for (const slot of waiting) (await slot).release();
});

test('a client that goes away is a fault of the form, not one of ours', async () => {
  const slots = createUploadSlots({ concurrency: 1, deadlineMs: 60_000 });
  const gone = openRequest();
  const taking = slots.take(gone.request, from('a'));
  gone.fail();
  await expect(taking).rejects.toMatchObject({ code: 'malformed_multipart' });
  (await slots.take(whole(1).request, from('a'))).release();
});
