import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitBytes } from './fit-bytes.ts';

test('finds the best quality that fits in at most eight tries', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 10, max: 2_000 }), async (top, maxBytes) => {
      const tried: (number | null)[] = [];
      const encodeAt = async (quality: number | null) => {
        tried.push(quality);
        return Buffer.alloc((quality ?? top) * 10);
      };
      const found = await fitBytes(encodeAt, { best: null, top, maxBytes });
      expect(found.length).toBe(Math.min(top * 10, Math.floor(maxBytes / 10) * 10));
      expect(tried.length).toBeLessThanOrEqual(8);
    }),
  );
});

test('never tries a quality above the requested one', async () => {
  const tried: (number | null)[] = [];
  const encodeAt = async (quality: number | null) => {
    tried.push(quality);
    return Buffer.alloc(1_000 + (quality ?? 0));
  };
  await expect(fitBytes(encodeAt, { best: 40, top: 40, maxBytes: 10 })).rejects.toMatchObject({
    code: 'render_too_large',
    retryable: false,
  });
  expect(Math.max(...tried.map(Number))).toBe(40);
  expect(tried).toContain(1);
});
