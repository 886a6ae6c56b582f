import { expect, test, vi } from 'vitest';
import { openMemoryCounter } from './memory-counter.ts';

test('keeps at most the given number of keys and drops the window that started first', async () => {
  const counter = openMemoryCounter(60_000, 100);
  await counter.add('first', 5);
  await counter.add('second', 5);
  for (let index = 0; index < 99; index += 1) await counter.add(`other ${index}`, 1);
  expect((await counter.add('second', 1)).used).toBe(6);
  expect((await counter.add('first', 1)).used).toBe(1);
});

test('a key in use keeps its window', async () => {
  const counter = openMemoryCounter(60_000, 2);
  const { resetMs } = await counter.add('busy', 1);
  await counter.add('other', 1);
  const again = await counter.add('busy', 1);
  expect(again.used).toBe(2);
  expect(again.resetMs).toBeLessThanOrEqual(resetMs);
});

test('a window is never longer than its configured length', async () => {
  const counter = openMemoryCounter(60_000);
  const moments = Array.from({ length: 1_000 }, (_, at) => 6_500 + at / 7);
  const clock = vi.spyOn(performance, 'now');
  const resets = moments.map(async (moment) => {
    clock.mockReturnValue(moment);
    return (await counter.add(String(moment), 1)).resetMs;
  });
  expect(Math.max(...(await Promise.all(resets)))).toBe(60_000);
  clock.mockRestore();
});
