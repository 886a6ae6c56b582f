import { expect, test } from 'vitest';
import { dssim, toLuma } from './dssim.ts';

const size = { width: 32, height: 24 };
const paint = (colour: (at: number) => number) =>
  toLuma(
    Uint8Array.from({ length: 32 * 24 * 3 }, (_, at) => colour(Math.floor(at / 3))),
    size,
  );
const texture = (at: number) => (at * 37) % 256;

test('equal images do not differ, and more noise differs more', () => {
  const original = paint(texture);
  const noisy = (strength: number) => paint((at) => Math.min(255, texture(at) + ((at * 101) % strength)));
  expect(dssim(original, original)).toBeCloseTo(0);
  expect(dssim(original, noisy(10))).toBeGreaterThan(0);
  expect(dssim(original, noisy(60))).toBeGreaterThan(dssim(original, noisy(10)));
});

test('a lost texture differs more than another brightness', () => {
  const original = paint((at) => 80 + (texture(at) % 40));
  expect(
    dssim(
      original,
      paint(() => 100),
    ),
  ).toBeGreaterThan(
    dssim(
      original,
      paint((at) => 90 + (texture(at) % 40)),
    ),
  );
});
