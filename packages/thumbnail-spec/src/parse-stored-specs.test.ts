import { expect, test } from 'vitest';
import { parseJsonOptions } from './parse-options.ts';
import { parseStoredSpec, parseStoredSpecs } from './parse-stored-specs.ts';
import { shippedPresets } from './presets.ts';

const defaults = {
  name: 'default',
  width: 100,
  height: 100,
  fit: 'cover',
  position: 'centre',
  format: 'webp',
  quality: null,
  maxBytes: null,
  background: null,
  enlarge: true,
  animated: false,
};

test.each([
  {},
  { width: 7 },
  { height: 7, fit: 'inside', quality: 80, maxBytes: 9_000 },
  { width: 4096, height: 1, fit: 'contain', background: 'rgb(1 2 3 / 50%)', format: 'avif' },
  { preset: 'emoji' },
  { effort: 'small' },
  { effort: 'balanced' },
  { exact: false },
  { exact: true },
])('gives back the spec of %j as it was written', (options) => {
  const specs = parseJsonOptions(options, shippedPresets);
  expect(parseStoredSpecs(JSON.parse(JSON.stringify(specs)))).toEqual(specs);
});

test('fills in the fields that an older version did not write', () => {
  expect(parseStoredSpec({ name: 'small', width: 64, height: null, fit: 'inside', format: 'png' })).toEqual({
    ...defaults,
    name: 'small',
    width: 64,
    height: null,
    fit: 'inside',
    format: 'png',
    enlarge: false,
  });
});

test('drops the fields that this version does not know', () => {
  expect(parseStoredSpec({ ...defaults, sharpen: 2, frames: [1] })).toEqual(defaults);
});

test('gives a field with a value that this version does not know its default, and keeps the others', () => {
  expect(parseStoredSpec({ ...defaults, width: 300, format: 'jxl', position: 'face', quality: 900 })).toEqual({
    ...defaults,
    width: 300,
  });
});

test('writes the colour of an older version in the current form', () => {
  expect(parseStoredSpec({ ...defaults, background: 'Red' }).background).toBe('#ff0000');
});

test('gives a spec with no size the default size', () => {
  expect(parseStoredSpec({ ...defaults, width: null, height: null })).toEqual(defaults);
});

test.each([null, 'webp', 7, []])('gives every default for %j', (stored) => {
  expect(parseStoredSpec(stored)).toEqual(defaults);
});

test.each([null, {}, 'webp'])('gives no spec for %j in the place of a list', (stored) => {
  expect(parseStoredSpecs(stored)).toEqual([]);
});
