import { expect, test } from 'vitest';
import { findOutputFault, outputPixels } from './find-output-fault.ts';
import { type SpecInput, toSpec } from './spec.ts';

const faultOf = (inputs: SpecInput[], width: number, height: number, frames = 1) => {
  const specs = inputs.map((input, index) => toSpec(`t${index}`, input));
  return findOutputFault(specs, { width, height, frames }, 32_000_000);
};

test('counts the pixels of every frame only if the animation is kept', () => {
  const source = { width: 10, height: 10, frames: 7 };
  expect(outputPixels(toSpec('a', { width: 10, animated: true }), source)).toBe(700);
  expect(outputPixels(toSpec('a', { width: 10 }), source)).toBe(100);
});

test('rejects a side above 4096 pixels', () => {
  expect(faultOf([{ width: 4096 }], 10, 10)).toBeNull();
  expect(faultOf([{ width: 4096 }], 10, 11)).toContain('t0 would have 4096 x 4506');
});

test('rejects an AVIF above 4 million pixels', () => {
  expect(faultOf([{ width: 2000, height: 2000, format: 'avif' }], 1, 1)).toBeNull();
  expect(faultOf([{ width: 2001, height: 2000, format: 'avif' }], 1, 1)).toContain('avif');
});

test('rejects thumbnails that together have more pixels than the limit', () => {
  const largest = { width: 4000, height: 4000 };
  expect(faultOf([largest, largest], 1, 1)).toBeNull();
  expect(faultOf([largest, { width: 4000, height: 4001 }], 1, 1)).toContain('32004000');
  expect(faultOf([{ width: 1000, height: 1000, animated: true }], 1, 1, 33)).toContain('33000000');
  expect(faultOf([{ width: 1000, height: 1000 }], 1, 1, 33)).toBeNull();
});
