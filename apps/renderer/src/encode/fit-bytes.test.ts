import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitBytes } from './fit-bytes.ts';

test('finds the best quality that fits in at most nine tries', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 10, max: 2_000 }), async (top, maxBytes) => {
      const tried: (number | null)[] = [];
      const encodeAt = async (quality: number | null) => {
        tried.push(quality);
        return Buffer.alloc((quality ?? top) * 10);
      };
      const found = await fitBytes(encodeAt, { best: null, top, maxBytes });
      expect(found.length).toBe(Math.min(top * 10, Math.floor(maxBytes / 10) * 10));
      expect(tried.length).toBeLessThanOrEqual(9);
    }),
  );
});

test('never tries a quality above the requested one', async () => {
  const tried: (number | null)[] = [];
  const encodeAt = async (quality: number | null) => {
    tried.push(quality);
    return Buffer.alloc(12 + (quality ?? 0));
  };
  await expect(fitBytes(encodeAt, { best: 40, top: 40, maxBytes: 10 })).rejects.toMatchObject({
    code: 'render_too_large',
    retryable: false,
  });
  expect(Math.max(...tried.map(Number))).toBe(40);
  expect(tried).toContain(1);
});

test('a limit that no quality can meet costs one try', async () => {
  const tried: (number | null)[] = [];
  const encodeAt = async (quality: number | null) => {
    tried.push(quality);
    return Buffer.alloc(1_000 + (quality ?? 80));
  };
  await expect(fitBytes(encodeAt, { best: null, top: 80, maxBytes: 100 })).rejects.toMatchObject({
    code: 'render_too_large',
    retryable: false,
  });
  expect(tried).toEqual([1]);
});

test('finds a quality that fits although quality 1 gives slightly more bytes', async () => {
  const sizes = new Map([
    [1, 110],
    [40, 95],
  ]);
  const encodeAt = async (quality: number | null) => Buffer.alloc(sizes.get(quality ?? 80) ?? 200);
  expect(await fitBytes(encodeAt, { best: null, top: 80, maxBytes: 100 })).toHaveLength(95);
});
