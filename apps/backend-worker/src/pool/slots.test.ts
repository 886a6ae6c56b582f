import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('each thing is with one at a time, and goes to whoever waited longest', async () => {
  const places = createSlots(['a']);
  const order: string[] = [];
  const use = async (who: string) => {
    const thing = await places.acquire(undefined);
    order.push(`${who} has ${thing}`);
    await Promise.resolve();
    order.push(`${who} is done`);
    places.release(thing);
  };
  await Promise.all([use('one'), use('two'), use('three')]);
  expect(order).toEqual(['one', 'two', 'three'].flatMap((who) => [`${who} has a`, `${who} is done`]));
});

test('who gives up waiting gets the reason of its signal and leaves nothing behind', async () => {
  const places = createSlots([1]);
  await places.acquire(undefined);
  const controller = new AbortController();
  const gaveUp = places.acquire(controller.signal);
  const stayed = places.acquire(undefined);
  controller.abort('enough');
  await expect(gaveUp).rejects.toBe('enough');
  places.release(1);
  await expect(stayed).resolves.toBe(1);
  await expect(places.acquire(controller.signal)).rejects.toBe('enough');
});

test('closing turns away who waits and who comes', async () => {
  const places = createSlots([1]);
  await places.acquire(undefined);
  const waits = places.acquire(undefined);
  places.close(() => 'closed');
  await expect(waits).rejects.toBe('closed');
  await expect(places.acquire(undefined)).rejects.toBe('closed');
});
