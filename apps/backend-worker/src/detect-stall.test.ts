import { waitUntil } from '@thumbnail-api/testing';
import { expect, test } from 'vitest';
import { detectStall, type ProgressSigns } from './detect-stall.ts';

const idle: ProgressSigns = { countWaiting: async () => 4, running: () => 0, finished: () => 7 };

/** Watches until a stall is detected or `checksMax` checks were made. */
async function isStalled(signs: ProgressSigns, checksMax: number): Promise<boolean> {
  let checks = 0;
  let isDetected = false;
  const counted = {
    ...signs,
    countWaiting: () => {
      checks += 1;
      return signs.countWaiting();
    },
  };
  const detector = detectStall(counted, { intervalMs: 5, checks: 3 });
  void detector.detected.then(() => {
    isDetected = true;
  });
  await waitUntil('enough checks were made', async () => checks >= checksMax || isDetected);
  detector.stop();
  return isDetected;
}

test('a worker that is idle while messages wait is stalled', async () => {
  expect(await isStalled(idle, 100)).toBe(true);
});

test('a worker is not stalled while no message waits, one is handled, or some were handled', async () => {
  let finished = 0;
  expect(await isStalled({ ...idle, countWaiting: async () => 0 }, 12)).toBe(false);
  expect(await isStalled({ ...idle, running: () => 1 }, 12)).toBe(false);
  expect(await isStalled({ ...idle, finished: () => (finished += 1) }, 12)).toBe(false);
});

test('a worker is not stalled while the queue is unavailable', async () => {
  const countWaiting = () => Promise.reject(new Error('unavailable'));
  expect(await isStalled({ ...idle, countWaiting }, 12)).toBe(false);
});
