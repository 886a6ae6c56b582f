import { expect, test } from 'vitest';
import { retry } from './retry.ts';

const failingWork = (times: number) => {
  const calls = { count: 0 };
  const work = async () => {
    calls.count += 1;
    if (calls.count <= times) throw new Error(`failure ${calls.count}`);
    return calls.count;
  };
  return { calls, work };
};

test('returns the first success, and pauses after each failure', async () => {
  const pauses: number[] = [];
  const { work } = failingWork(2);
  const pauseMs = (tries: number) => {
    pauses.push(tries);
    return 1;
  };
  expect(await retry(work, { pauseMs })).toBe(3);
  expect(pauses).toEqual([1, 2]);
});

test('throws the last error when it runs out of tries', async () => {
  const { calls, work } = failingWork(9);
  await expect(retry(work, { pauseMs: () => 0, triesMax: 3 })).rejects.toThrow('failure 3');
  expect(calls.count).toBe(3);
});

test('throws an error that is not retryable without another try', async () => {
  const { calls, work } = failingWork(9);
  await expect(retry(work, { pauseMs: () => 0, isRetryable: () => false })).rejects.toThrow('failure 1');
  expect(calls.count).toBe(1);
});

test('starts no try after the deadline', async () => {
  const { calls, work } = failingWork(9);
  await expect(retry(work, { pauseMs: () => 60_000, deadlineMs: 30_000 })).rejects.toThrow('failure 1');
  expect(calls.count).toBe(1);
});
