import { expect, test } from 'vitest';
import { keepFor } from './keep-for.ts';

test('however many ask, the work is done once, and again when its time is over', async () => {
  let done = 0;
  const work = async () => {
    done += 1;
    return done;
  };
  const kept = keepFor(60_000, work);
  expect(await Promise.all([kept(), kept(), kept()])).toEqual([1, 1, 1]);
  expect(await kept()).toBe(1);
  const fresh = keepFor(-1, work);
  expect([await fresh(), await fresh()]).toEqual([2, 3]);
});

test('a failure is told to all who wait for it, and not kept', async () => {
  let asked = 0;
  const kept = keepFor(60_000, async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return asked;
  });
  const both = [kept(), kept()];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await kept()).toBe(2);
});
