import { expect, test } from 'vitest';
import { backOff } from './back-off.ts';

test('pauses double up to the longest one, and vary by a quarter at most', () => {
  const pauses = [1, 2, 3, 4, 5, 2_000].map((tries) => backOff({ firstMs: 100, longestMs: 1_000 }, tries));
  for (const [index, longest] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
    expect(pauses[index]).toBeLessThanOrEqual(longest);
    expect(pauses[index]).toBeGreaterThanOrEqual(longest * 0.75);
  }
});
