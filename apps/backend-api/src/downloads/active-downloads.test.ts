import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ActiveDownloads } from './active-downloads.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('cuts off stalled downloads only while there are more than the limit', () => {
  const downloads = new ActiveDownloads(2);
  const cut: string[] = [];
  const add = (name: string, stalledSince: number | null) => {
    const download = {
      stalledSince,
      cutOff: () => {
        cut.push(name);
        downloads.remove(download);
      },
    };
    downloads.add(download);
    return download;
  };
  const now = performance.now();
  add('stalled', now);
  add('moving', null);
  vi.advanceTimersByTime(60_000);
  expect(cut).toEqual([]);
  const newest = add('newest', performance.now());
  vi.advanceTimersByTime(1_000);
  expect(cut).toEqual(['stalled']);
  vi.advanceTimersByTime(60_000);
  expect(cut).toEqual(['stalled']);
  downloads.remove(newest);
  downloads.remove(newest);
});
