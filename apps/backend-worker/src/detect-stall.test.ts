import { waitUntil } from '@thumbnail-api/testing';
import { expect, test } from 'vitest';
import { detectStall, type ProgressSigns } from './detect-stall.ts';

const patience = { everyMs: 5, looks: 3 };
const idle: ProgressSigns = { countWaiting: async () => 4, atWork: () => 0, ended: () => 7 };

/** Watches until `looks` looks were taken. */
async function watchFor(signs: ProgressSigns, looks: number): Promise<number> {
  let taken = 0;
  let stuck = 0;
  const counted = {
    ...signs,
    countWaiting: () => {
      taken += 1;
      return signs.countWaiting();
    },
  };
  const watch = detectStall(counted, () => (stuck += 1), patience);
  await waitUntil('it has looked often', async () => taken >= looks || stuck > 0);
  watch.stop();
  return stuck;
}

test('a worker that does nothing while work waits is stuck', async () => {
  expect(await watchFor(idle, 100)).toBe(1);
});

test('a worker is not stuck while nothing waits, while it is at work, or while it gets things done', async () => {
  let ended = 0;
  expect(await watchFor({ ...idle, countWaiting: async () => 0 }, 12)).toBe(0);
  expect(await watchFor({ ...idle, atWork: () => 1 }, 12)).toBe(0);
  expect(await watchFor({ ...idle, ended: () => (ended += 1) }, 12)).toBe(0);
});

test('a queue that is away makes no worker stuck', async () => {
  expect(await watchFor({ ...idle, countWaiting: () => Promise.reject(new Error('away')) }, 12)).toBe(0);
});
