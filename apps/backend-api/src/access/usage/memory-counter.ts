import type { Counter } from './usage-counter.ts';

/** Some 20 MB at most. */
const usualKeysMax = 100_000;

/**
 * Counts in the memory of this process. It holds `keysMax` keys at most: beyond that the one whose window began first is
 * forgotten, so that no number of callers makes it grow.
 */
export function openMemoryCounter(windowMs: number, keysMax = usualKeysMax): Counter {
  // In the order in which their windows began, which is that in which they end.
  const windows = new Map<string, { used: number; endsAt: number }>();
  return {
    add: (key, amount) => {
      const now = performance.now();
      const known = windows.get(key);
      const window = known && known.endsAt > now ? known : { used: 0, endsAt: now + windowMs };
      window.used += amount;
      if (window !== known) {
        windows.delete(key);
        windows.set(key, window);
      }
      for (const [first, { endsAt }] of windows) {
        if (windows.size <= keysMax && endsAt > now) break;
        windows.delete(first);
      }
      return Promise.resolve({ used: window.used, resetMs: Math.min(windowMs, window.endsAt - now) });
    },
    close: () => Promise.resolve(),
  };
}
