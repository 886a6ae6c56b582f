import { expect, test } from 'vitest';
import { openMemoryCounter } from './memory-counter.ts';
import type { UsageCounter } from './usage-counter.ts';
import { withFallback } from './with-fallback.ts';

const usage = { used: 1_000, resetMs: 1 };
const never = () => new Promise<typeof usage>(() => undefined);
const open = (add: UsageCounter['add'], times = { answerMs: 20, pauseMs: 60_000 }) => {
  const fallbacks: unknown[] = [];
  const shared = { add, close: () => Promise.resolve() };
  const onFallback = (error: unknown) => void fallbacks.push(error);
  return { counter: withFallback(shared, openMemoryCounter(60_000), { ...times, onFallback }), fallbacks };
};

test('counts in the shared counter while it is available', async () => {
  const { counter, fallbacks } = open(() => Promise.resolve(usage));
  expect(await counter.add('key', 1)).toEqual(usage);
  expect(fallbacks).toEqual([]);
});

test.each([
  ['fails', () => Promise.reject(new Error('unavailable'))],
  ['hangs', never],
])('counts locally while the shared counter %s, and calls it once per pause', async (_how, add) => {
  let calls = 0;
  const { counter, fallbacks } = open(() => {
    calls += 1;
    return add();
  });
  for (const expected of [1, 2, 3]) expect((await counter.add('key', 1)).used).toBe(expected);
  expect(calls).toBe(1);
  expect(fallbacks.length).toBe(3);
});

test('counts in the shared counter again once it has recovered', async () => {
  let isAvailable = false;
  const add = () => (isAvailable ? Promise.resolve(usage) : Promise.reject(new Error('unavailable')));
  const { counter } = open(add, { answerMs: 1_000, pauseMs: -1 });
  expect((await counter.add('key', 1)).used).toBe(1);
  isAvailable = true;
  expect(await counter.add('key', 1)).toEqual(usage);
});
