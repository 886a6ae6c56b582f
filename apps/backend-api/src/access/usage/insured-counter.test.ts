import { expect, test } from 'vitest';
import { withFallback } from './insured-counter.ts';
import { openMemoryCounter } from './memory-counter.ts';
import type { Counter } from './usage-counter.ts';

const usage = { used: 1_000, resetMs: 1 };
const never = () => new Promise<typeof usage>(() => undefined);
const open = (add: Counter['add'], patience = { answerMs: 20, restMs: 60_000 }) => {
  const fallbacks: unknown[] = [];
  const shared = { add, close: () => Promise.resolve() };
  const onFallback = (error: unknown) => void fallbacks.push(error);
  return { counter: withFallback(shared, openMemoryCounter(60_000), { ...patience, onFallback }), fallbacks };
};

test('what the shared count says counts, while it says something', async () => {
  const { counter, fallbacks } = open(() => Promise.resolve(usage));
  expect(await counter.add('key', 1)).toEqual(usage);
  expect(fallbacks).toEqual([]);
});

test.each([
  ['fails', () => Promise.reject(new Error('away'))],
  ['hangs', never],
])('while the shared count %s this process counts, and only one caller in a while asks it', async (_how, add) => {
  let asked = 0;
  const { counter, fallbacks } = open(() => {
    asked += 1;
    return add();
  });
  for (const expected of [1, 2, 3]) expect((await counter.add('key', 1)).used).toBe(expected);
  expect(asked).toBe(1);
  expect(fallbacks.length).toBe(3);
});

test('a shared count that is back counts again', async () => {
  let isAway = true;
  const { counter } = open(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(usage)), {
    answerMs: 1_000,
    restMs: -1,
  });
  expect((await counter.add('key', 1)).used).toBe(1);
  isAway = false;
  expect(await counter.add('key', 1)).toEqual(usage);
});
