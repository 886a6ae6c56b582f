import { describe, expect, test } from 'vitest';
import { findOutputFault, outputPixels, resultSize } from './result-size.ts';
import { type SpecInput, toSpec } from './spec.ts';

const size = (input: SpecInput, width: number, height: number) => {
  const made = resultSize(toSpec('default', input), { width, height });
  return `${made.width}x${made.height}`;
};

describe('the size of a thumbnail', () => {
  test.each<[SpecInput, number, number, string]>([
    [{}, 4000, 3000, '100x100'],
    [{ width: 150 }, 400, 300, '150x113'],
    [{ height: 150 }, 400, 300, '200x150'],
    [{ width: 10 }, 5000, 20, '10x1'],
    [{ width: 800 }, 400, 300, '800x600'],
    [{ width: 800, enlarge: false }, 400, 300, '400x300'],
    [{ width: 800, fit: 'inside' }, 400, 300, '400x300'],
    [{ width: 800, fit: 'fill' }, 400, 300, '800x600'],
    [{ width: 200, height: 100 }, 40, 30, '200x100'],
    [{ width: 200, height: 100, enlarge: false }, 40, 30, '40x20'],
    [{ width: 100, height: 200, enlarge: false }, 40, 30, '15x30'],
    [{ width: 200, height: 100, enlarge: false }, 400, 300, '200x100'],
    [{ width: 200, height: 100, fit: 'contain' }, 40, 30, '200x100'],
    [{ width: 200, height: 100, fit: 'contain', enlarge: false }, 40, 30, '60x30'],
    [{ width: 200, height: 100, fit: 'contain', enlarge: false }, 400, 3, '200x100'],
    [{ width: 200, height: 100, fit: 'inside' }, 400, 300, '133x100'],
    [{ width: 200, height: 100, fit: 'inside' }, 40, 30, '40x30'],
    [{ width: 200, height: 100, fit: 'inside', enlarge: true }, 40, 30, '133x100'],
    [{ width: 200, height: 100, fit: 'outside' }, 400, 300, '200x150'],
    [{ width: 200, height: 100, fit: 'outside' }, 400, 50, '400x50'],
    [{ width: 200, height: 100, fit: 'outside', enlarge: true }, 40, 30, '200x150'],
    [{ width: 200, height: 100, fit: 'fill' }, 40, 30, '200x100'],
    [{ width: 200, height: 20, fit: 'fill', enlarge: false }, 40, 30, '40x20'],
    [{ width: 1, height: 4096 }, 1, 1, '1x4096'],
  ])('%j of %i x %i is %s', (input, width, height, expected) => {
    expect(size(input, width, height)).toBe(expected);
  });
});

test('frames count where the animation is kept, and only there', () => {
  const source = { width: 10, height: 10, frames: 7 };
  expect(outputPixels(toSpec('a', { width: 10, animated: true }), source)).toBe(700);
  expect(outputPixels(toSpec('a', { width: 10 }), source)).toBe(100);
});

test('a side above 4096, an AVIF above 4 million and a sum above the limit are faults, the limits themselves are none', () => {
  const fault = (inputs: SpecInput[], width: number, height: number, frames = 1) => {
    const specs = inputs.map((input, index) => toSpec(`t${index}`, input));
    return findOutputFault(specs, { width, height, frames }, 32_000_000);
  };
  expect(fault([{ width: 4096 }], 10, 10)).toBeNull();
  expect(fault([{ width: 4096 }], 10, 11)).toContain('t0 would have 4096 x 4506');
  expect(fault([{ width: 2000, height: 2000, format: 'avif' }], 1, 1)).toBeNull();
  expect(fault([{ width: 2001, height: 2000, format: 'avif' }], 1, 1)).toContain('AVIF');
  expect(
    fault(
      [
        { width: 4000, height: 4000 },
        { width: 4000, height: 4000 },
      ],
      1,
      1,
    ),
  ).toBeNull();
  expect(
    fault(
      [
        { width: 4000, height: 4000 },
        { width: 4000, height: 4001 },
      ],
      1,
      1,
    ),
  ).toContain('32004000');
  expect(fault([{ width: 1000, height: 1000, animated: true }], 1, 1, 33)).toContain('33000000');
  expect(fault([{ width: 1000, height: 1000 }], 1, 1, 33)).toBeNull();
});
