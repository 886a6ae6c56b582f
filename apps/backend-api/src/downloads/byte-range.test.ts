import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRange } from './byte-range.ts';

test.each([
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=90-', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=50-1000', { first: 50, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
  ['Bytes=0-0', { first: 0, last: 0 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=99999999999999999999-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-0', 'all'],
  ['bytes=-', 'all'],
  ['bytes=0-1,4-5', 'all'],
  ['bytes=a-b', 'all'],
  ['lines=0-1', 'all'],
  ['', 'all'],
])('parses %s of 100 bytes as %o', (header, expected) => {
  expect(parseRange(header, 100)).toEqual(expected);
});

test('every range lies within the object', () => {
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(), fc.nat()).map(([first, last]) => `bytes=${first}-${last}`),
  );
  const bounds = (range: ReturnType<typeof parseRange>) =>
    typeof range === 'string' ? [0, 0] : [range.first, range.last];
  fc.assert(
    fc.property(header, fc.integer({ min: 1, max: 1_000 }), (text, bytes) => {
      const [first = 0, last = 0] = bounds(parseRange(text, bytes));
      expect(first).toBeGreaterThanOrEqual(0);
      expect(last).toBeGreaterThanOrEqual(first);
      expect(last).toBeLessThan(bytes);
    }),
  );
});
