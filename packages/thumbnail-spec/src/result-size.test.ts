import { describe, expect, test } from 'vitest';
import { resultSize } from './result-size.ts';
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
  ])('is, for %j and an image of %i x %i, exactly %s', (input, width, height, expected) => {
    expect(size(input, width, height)).toBe(expected);
  });
});
