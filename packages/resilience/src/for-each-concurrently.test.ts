import { expect, test } from 'vitest';
import { forEachConcurrently } from './for-each-concurrently.ts';

test('runs the work once for every item, never for more than the maximum at a time', async () => {
  const done: number[] = [];
  let running = 0;
  let runningMax = 0;
  await forEachConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    await Promise.resolve();
    done.push(item);
    running -= 1;
  });
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(runningMax).toBe(3);
});

test('throws the first error and starts no further item', async () => {
  const started: number[] = [];
  const working = forEachConcurrently([1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await Promise.resolve();
    if (item === 2) throw new Error('second');
  });
  await expect(working).rejects.toThrow('second');
  expect(started).toEqual([1, 2, 3]);
});

test('does nothing without items', async () => {
  await expect(forEachConcurrently([], 4, () => Promise.reject(new Error('no item')))).resolves.toBeUndefined();
});
