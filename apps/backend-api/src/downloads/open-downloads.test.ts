import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOpenDownloads } from './open-downloads.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('who takes nothing gives way once many are open, and nobody is hurried before', () => {
  const downloads = createOpenDownloads(2);
  const cut: string[] = [];
  const add = (name: string, stalledSince: number | null) => {
    const remove = downloads.add({
      stalledSince,
      cutOff: () => {
        cut.push(name);
        remove();
      },
    });
    return remove;
  };
  const now = performance.now();
  add('stalled', now);
  add('moving', null);
  vi.advanceTimersByTime(60_000);
  expect(cut).toEqual([]);
  const remove = add('newest', performance.now());
  vi.advanceTimersByTime(1_000);
  expect(cut).toEqual(['stalled']);
  vi.advanceTimersByTime(60_000);
  expect(cut).toEqual(['stalled']);
  remove();
  remove();
});
