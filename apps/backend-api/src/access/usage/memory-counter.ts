import type { UsageCounter } from './usage-counter.ts';

/** About 20 MB at most. */
const defaultKeysMax = 100_000;

/**
 * Counts in the memory of this process. It keeps at most `keysMax` keys: above that it drops the window that started first,
 * so its memory stays bounded.
 */
export function openMemoryCounter(windowMs: number, keysMax = defaultKeysMax): UsageCounter {
  // Ordered by start, which is also the order in which windows end.
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
      for (const [oldest, { endsAt }] of windows) {
        if (windows.size <= keysMax && endsAt > now) break;
        windows.delete(oldest);
      }
      // Rounding can make the difference longer than a window.
      return Promise.resolve({ used: window.used, resetMs: Math.min(windowMs, window.endsAt - now) });
    },
    close: () => Promise.resolve(),
  };
}
