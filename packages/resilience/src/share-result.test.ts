import { expect, test } from 'vitest';
import { shareResult } from './share-result.ts';

test('runs the work once for all callers until the result is too old', async () => {
  let runs = 0;
  const read = shareResult(async () => {
    runs += 1;
    return runs;
  });
  expect(await Promise.all([read(60_000), read(60_000), read(60_000)])).toEqual([1, 1, 1]);
  expect(await read(60_000)).toBe(1);
  expect([await read(-1), await read(-1)]).toEqual([2, 3]);
});

test('rejects every waiting caller when the work fails, and runs it again for the next caller', async () => {
  let runs = 0;
  const read = shareResult(async () => {
    runs += 1;
    if (runs === 1) throw new Error('unavailable');
    return runs;
  });
  const waiting = [read(60_000), read(60_000)];
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await read(60_000)).toBe(2);
});
