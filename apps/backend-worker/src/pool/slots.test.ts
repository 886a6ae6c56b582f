import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('an item has one user at a time, and goes to the caller that waited longest', async () => {
  const slots = new Slots(['a']);
  const order: string[] = [];
  const use = async (user: string) => {
    const item = await slots.acquire(undefined);
    order.push(`${user} has ${item}`);
    await Promise.resolve();
    order.push(`${user} is done`);
    slots.release(item);
  };
  await Promise.all([use('one'), use('two'), use('three')]);
  expect(order).toEqual(['one', 'two', 'three'].flatMap((user) => [`${user} has a`, `${user} is done`]));
});

test('a caller whose signal is aborted gets its reason and leaves the queue', async () => {
  const slots = new Slots([1]);
  await slots.acquire(undefined);
  const controller = new AbortController();
  const aborted = slots.acquire(controller.signal);
  const next = slots.acquire(undefined);
  controller.abort('aborted');
  await expect(aborted).rejects.toBe('aborted');
  slots.release(1);
  await expect(next).resolves.toBe(1);
  await expect(slots.acquire(controller.signal)).rejects.toBe('aborted');
});

test('closing rejects callers that wait and callers that ask later', async () => {
  const slots = new Slots([1]);
  await slots.acquire(undefined);
  const waiting = slots.acquire(undefined);
  slots.close(() => 'closed');
  await expect(waiting).rejects.toBe('closed');
  await expect(slots.acquire(undefined)).rejects.toBe('closed');
});

test('a caller gets the free item that suits it best, of equal ones the one that was free longest', async () => {
  const slots = new Slots(['a', 'b', 'c', 'd']);
  const rank = (item: string) => (item === 'c' ? 0 : 1);
  expect([await slots.acquire(undefined, rank), await slots.acquire(undefined, rank)]).toEqual(['c', 'a']);
  slots.release('c');
  expect([await slots.acquire(undefined), await slots.acquire(undefined)]).toEqual(['b', 'd']);
});
