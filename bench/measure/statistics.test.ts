import { expect, test } from 'vitest';
import { median, quantile, spread } from './statistics.ts';

test('a quantile does not depend on the order, and is interpolated between two values', () => {
  expect(quantile([40, 10, 30, 20], 0)).toBe(10);
  expect(quantile([40, 10, 30, 20], 1)).toBe(40);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([40, 10, 30, 20])).toBe(25);
  expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9);
});

test('one outlier hardly changes the median and the spread', () => {
  expect(median([1, 1.1, 1.2, 1.1, 9])).toBe(1.1);
  expect(spread([1, 1.1, 1.2, 1.1, 9])).toBeCloseTo(0.1);
});

test('equal values have no spread, and no values throw', () => {
  expect(spread([2, 2, 2])).toBe(0);
  expect(() => median([])).toThrow('no values');
});
