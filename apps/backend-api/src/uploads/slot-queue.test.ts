import { afterEach, expect, test, vi } from 'vitest';
import { SlotQueue } from './slot-queue.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Acquires a slot for each client, in this order, and records which of them have got one. */
function acquireAll(queue: SlotQueue, clients: string[]) {
  const started: string[] = [];
  const acquire = async (client: string) => {
    await queue.acquire(client);
    started.push(client);
  };
  return { started, all: Promise.all(clients.map(acquire)) };
}

afterEach(() => {
  vi.useRealTimers();
});

test('a client that holds three of four slots gets no more, and other clients still get one', async () => {
  const queue = new SlotQueue(4);
  const { started } = acquireAll(queue, ['a', 'a', 'a', 'a', 'a', 'b', 'c']);
  await settle();
  expect(started).toEqual(['a', 'a', 'a', 'b']);
  queue.release('a');
  await settle();
  expect(started).toEqual(['a', 'a', 'a', 'b', 'c']);
  queue.release('c');
  queue.release('b');
  await settle();
  expect(started).toEqual(['a', 'a', 'a', 'b', 'c', 'a']);
});

test('one release starts every client that may take a slot now', async () => {
  const queue = new SlotQueue(4);
  const { started } = acquireAll(queue, ['a', 'a', 'b', 'b', 'a', 'c']);
  await settle();
  expect(started).toEqual(['a', 'a', 'b', 'c']);
  queue.release('c');
  queue.release('b');
  await settle();
  expect(started).toEqual(['a', 'a', 'b', 'c', 'b']);
  expect(queue.counts()).toEqual({ free: 1, used: 3, waiting: 1 });
});

test('a client is rejected when too many wait', async () => {
  const queue = new SlotQueue(1);
  const waiting = 16;
  const { started, all } = acquireAll(queue, Array(1 + waiting).fill('a'));
  await expect(queue.acquire('b')).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
  for (let count = 0; count < waiting; count += 1) queue.release('a');
  await all;
  expect(started).toHaveLength(1 + waiting);
});

test('a client is rejected after it has waited for 30 seconds, and the others keep their places', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const queue = new SlotQueue(1);
  await queue.acquire('a');
  const first = expect(queue.acquire('a')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await vi.advanceTimersByTimeAsync(20_000);
  const second = queue.acquire('b');
  await vi.advanceTimersByTimeAsync(10_000);
  await first;
  expect(queue.counts()).toEqual({ free: 0, used: 1, waiting: 1 });
  queue.release('a');
  await second;
  expect(queue.counts()).toEqual({ free: 0, used: 1, waiting: 0 });
});
