import { AppError } from '@thumbnail-api/errors';
import { expect, test } from 'vitest';
import { parseJsonOptions, parseOptions } from './parse-options.ts';
import { type Presets, presetsSchema, shippedPresets } from './presets.ts';
import { toShownSpec } from './spec.ts';

const presets: Presets = {
  ...shippedPresets,
  pair: [
    { name: 'small', width: 10 },
    { name: 'large', width: 20 },
  ],
};

function faultsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('invalid_parameter');
    return Object.fromEntries(error.fields.map(({ pointer, detail }) => [pointer, detail]));
  }
  return {};
}
const faults = (fields: Record<string, string>) => Object.keys(faultsOf(() => parseOptions(fields, presets)));

test('no options give one WebP of 100 x 100 pixels with fit cover', () => {
  expect(parseOptions({}, presets)).toEqual([
    {
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
    },
  ]);
});

test('if only one side is given, the other one is null', () => {
  expect(parseOptions({ width: '64' }, presets)).toMatchObject([{ width: 64, height: null }]);
  expect(parseOptions({ height: '4096' }, presets)).toMatchObject([{ width: null, height: 4096 }]);
});

test('the defaults of effort and exact leave no field, so that a spec keeps the JSON of a version without them', () => {
  const explicit = parseOptions({ effort: 'balanced', exact: 'true' }, presets);
  expect(JSON.stringify(explicit)).toBe(JSON.stringify(parseOptions({}, presets)));
  const other = { effort: 'small', exact: 'false' };
  expect(parseOptions(other, presets)).toMatchObject([{ effort: 'small', exact: false }]);
});

test('enlarge is true by default except for the fits inside and outside', () => {
  const enlarge = (fields: Record<string, string>) => parseOptions(fields, presets)[0]?.enlarge;
  expect(['cover', 'contain', 'fill', 'inside', 'outside'].map((fit) => enlarge({ fit }))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(enlarge({ fit: 'inside', enlarge: 'true' })).toBe(true);
  expect(enlarge({ enlarge: 'false' })).toBe(false);
});

test.each([
  ['Red', '#ff0000'],
  ['#ABC', '#aabbcc'],
  ['#abcd', '#aabbccdd'],
  ['rgb(1, 2, 3)', '#010203'],
  ['rgba(1,2,3,.5)', '#01020380'],
  ['rgb(1 2 3 / 50%)', '#01020380'],
  ['transparent', '#00000000'],
])('parses the background %s as %s', (background, parsed) => {
  expect(parseOptions({ background }, presets)).toMatchObject([{ background: parsed }]);
});

test.each([
  ['width', ['0', '-1', '4097', '1.5', 'abc', '', '1e3', ' 5', 'NaN', '99999999999999999999']],
  ['height', ['0', '4097', 'ten']],
  ['fit', ['Cover', 'crop', '']],
  ['position', ['middle', '']],
  ['format', ['none', 'jpg', 'image/webp']],
  ['quality', ['0', '101', 'best']],
  ['maxBytes', ['0', '-5', '1.5', '2147483648']],
  ['background', ['', 'nope', '#12', '#12345', 'currentColor', 'url(x)', 'rgb(1,2)', 'var(--x)']],
  ['enlarge', ['yes', '1', 'TRUE', '']],
  ['animated', ['on', '']],
  ['preset', ['', 'none', '__proto__', 'toString']],
  ['thumbnails', ['', '[]', '{}', 'null', '[', '3', JSON.stringify(Array(11).fill({ name: 'a' }))]],
  ['colour', ['red']],
  ['__proto__', ['x']],
])('rejects an invalid value of %s and names that field', (field, values) => {
  for (const value of values) expect(faults(Object.fromEntries([[field, value]]))).toEqual([`/${field}`]);
});

test('reports every faulty field exactly once', () => {
  const fields = { width: '0', height: 'x', fit: 'inside', position: 'entropy', 'a/b~c': '1' };
  expect(faults(fields).sort()).toEqual(['/a~1b~0c', '/height', '/position', '/width']);
});

test('rejects attention and entropy without cover, and an animation without WebP', () => {
  expect(faults({ position: 'attention', fit: 'contain' })).toEqual(['/position']);
  expect(faults({ position: 'entropy' })).toEqual([]);
  expect(faults({ animated: 'true', format: 'png' })).toEqual(['/animated']);
  expect(faults({ animated: 'false', format: 'png' })).toEqual([]);
});

test('points to a faulty entry of the list by its index', () => {
  const thumbnails = [
    { name: 'a', width: 10 },
    { name: 'b', width: 'ten', colour: 1 },
    { name: 'a' },
    { name: 'A/' },
    {},
    7,
    { name: 'c', preset: 'pair' },
  ];
  expect(faults({ thumbnails: JSON.stringify(thumbnails) })).toEqual([
    '/thumbnails/1/width',
    '/thumbnails/1/colour',
    '/thumbnails/2/name',
    '/thumbnails/3/name',
    '/thumbnails/4/name',
    '/thumbnails/5',
    '/thumbnails/6/preset',
  ]);
});

test('rejects other options beside a preset or a list', () => {
  expect(faults({ preset: 'avatar', width: '5' })).toEqual(['/width']);
  expect(faults({ thumbnails: '[{"name":"a"}]', preset: 'avatar', format: 'png' })).toEqual(['/preset', '/format']);
});

test('a preset of one spec gives the default thumbnail, a preset that is a list gives its own', () => {
  expect(parseOptions({ preset: 'emoji' }, presets)).toMatchObject([
    { name: 'default', width: 128, maxBytes: 131_072 },
  ]);
  expect(parseOptions({ preset: 'pair' }, presets).map((spec) => spec.name)).toEqual(['small', 'large']);
  expect(parseJsonOptions({ thumbnails: [{ name: 'me', preset: 'avatar' }] }, presets)).toMatchObject([
    { name: 'me', position: 'attention' },
  ]);
});

test('JSON options need real numbers and booleans, not text', () => {
  expect(parseJsonOptions({ width: 5, animated: true }, presets)).toEqual(
    parseOptions({ width: '5', animated: 'true' }, presets),
  );
  expect(Object.keys(faultsOf(() => parseJsonOptions({ width: '5', enlarge: 'true' }, presets)))).toEqual([
    '/width',
    '/enlarge',
  ]);
  expect(Object.keys(faultsOf(() => parseJsonOptions([], presets)))).toEqual(['']);
});

test('a job shows a spec without its name and without the fields that are null', () => {
  const [spec] = parseOptions({ width: '40' }, presets);
  expect(spec && toShownSpec(spec)).toEqual({
    width: 40,
    fit: 'cover',
    position: 'centre',
    format: 'webp',
    enlarge: true,
    animated: false,
  });
});

test('rejects a table of presets with any fault', () => {
  const valid = (table: unknown) => presetsSchema.safeParse(table).success;
  expect(valid({ a: { width: 5 }, b: [{ name: 'x' }, { name: 'y', fit: 'fill' }] })).toBe(true);
  expect(valid({ a: { width: 0 } })).toBe(false);
  expect(valid({ a: { widht: 5 } })).toBe(false);
  expect(valid({ a: { fit: 'fill', position: 'entropy' } })).toBe(false);
  expect(valid({ 'no name': {} })).toBe(false);
  expect(valid({ b: [{ name: 'x' }, { name: 'x' }] })).toBe(false);
  expect(valid({ b: [{ name: 'x', fit: 'fill', position: 'entropy' }] })).toBe(false);
});
