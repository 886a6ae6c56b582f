import { AppError, type FieldError } from '@thumbnail-api/errors';
import { expect, test } from 'vitest';
import { parseJsonOptions, parseOptions } from './parse-options.ts';
import { shippedPresets } from './presets.ts';

function faultsOf(read: () => unknown): FieldError[] {
  try {
    read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_parameter') return error.fields;
    throw error;
  }
  return [];
}
const faults = (options: unknown) => faultsOf(() => parseJsonOptions(options, shippedPresets));
const textFaults = (fields: Record<string, string>) => faultsOf(() => parseOptions(fields, shippedPresets));

const unknownKeys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
const thumbnails = (count: number) => ({
  thumbnails: Array.from({ length: 10 }, (_, index) => ({ name: `a${index}`, ...unknownKeys(count / 10) })),
});

const floods = [
  ['unknown options', unknownKeys],
  ['options beside a list', (count: number) => ({ thumbnails: [{ name: 'a' }], ...unknownKeys(count) })],
  ['options beside a preset', (count: number) => ({ preset: 'card', ...unknownKeys(count) })],
  ['unknown options of ten thumbnails', thumbnails],
] as const;

// A new fault is compared with all before, so the bound also keeps the work linear.
test.each(floods)('reports the first 20 faults of 10 000 %s', (_what, build) => {
  expect(faults(build(10_000))).toEqual(faults(build(400)));
  expect(faults(build(10_000))).toHaveLength(20);
});

test('reports the first 20 faults of 10 000 unknown form fields', () => {
  const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, '1']));
  expect(textFaults(fields)).toHaveLength(20);
});

const values = [
  ['an object whose conversion throws', { toString: 1 }],
  ['an object without a prototype', Object.create(null)],
  ['an object that converts to a valid name', { toString: () => 'a' }],
  ['a deep array', JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)],
  ['a list', ['a']],
  ['half a surrogate pair', '\ud800'],
  ['NUL', 'a\0'],
  ['null', null],
  ['a huge number', 1e308],
  ['infinity', Number.POSITIVE_INFINITY],
  ['an own __proto__', JSON.parse('{"__proto__":{"width":1}}')],
] as const;
const names = [
  'width',
  'height',
  'fit',
  'position',
  'format',
  'quality',
  'maxBytes',
  'background',
  'enlarge',
  'animated',
  'preset',
  'thumbnails',
  '__proto__',
  'constructor',
];

test.each(values)('rejects %s as the value of each option, by its name', (_what, value) => {
  for (const name of names) {
    const [fault, ...others] = faults(Object.fromEntries([[name, value]]));
    expect([fault?.pointer.split('/')[1], others]).toEqual([name, []]);
    const listed = {
      thumbnails: [
        Object.fromEntries([
          ['name', 'a'],
          [name, value],
        ]),
      ],
    };
    expect(faults(listed).map(({ pointer }) => pointer)).toEqual([`/thumbnails/0/${name}`]);
  }
});

test.each(values)('rejects %s as the name of a thumbnail', (_what, value) => {
  expect(faults({ thumbnails: [{ name: value }] }).map(({ pointer }) => pointer)).toEqual(['/thumbnails/0/name']);
});
