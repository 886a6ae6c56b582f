import { expect, test } from 'vitest';
import { StreamSlots } from './stream-slots.ts';

test('counts each subject by itself, and opens a stream for all of its subjects or for none', () => {
  const slots = new StreamSlots(2);
  const close = slots.acquire(['owner:one', 'address:a']);
  slots.acquire(['owner:one', 'address:b']);
  expect(() => slots.acquire(['owner:one', 'address:c'])).toThrow('rate_limited');
  slots.acquire(['owner:two', 'address:a']);
  expect(() => slots.acquire(['owner:three', 'address:a'])).toThrow('rate_limited');
  close();
  close();
  slots.acquire(['owner:one', 'address:a']);
  expect(() => slots.acquire(['owner:one', 'address:d'])).toThrow('rate_limited');
});

test('0 means unlimited', () => {
  const slots = new StreamSlots(0);
  for (let count = 0; count < 100; count += 1) slots.acquire(['address:a']);
});
