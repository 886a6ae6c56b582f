import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, u32 } from '../test/bytes.ts';
import { samples } from '../test/samples.ts';
import { describeUnsupportedType, imageMediaTypes } from './image-types.ts';
import { probe } from './probe.ts';

const files = await samples();
const names = Object.keys(files);
const fileOf = (name: string): Uint8Array => files[name] ?? new Uint8Array();

const wholeNumber = {
  asymmetricMatch: (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
};
const side = { asymmetricMatch: (value: unknown) => value === null || wholeNumber.asymmetricMatch(value) };
const wellFormed = {
  type: expect.toBeOneOf(imageMediaTypes),
  width: side,
  height: side,
  frames: wholeNumber,
  orientation: expect.toBeOneOf([1, 2, 3, 4, 5, 6, 7, 8]),
};
const imageOrNull = expect.toBeOneOf([null, expect.objectContaining(wellFormed)]);

test.each([
  ['nothing', bytes()],
  ['zeros', new Uint8Array(4096)],
  ['text', bytes('hello, world')],
  ['a PDF', bytes('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')],
  ['a ZIP', bytes('PK\x03\x04', new Uint8Array(60))],
  ['a BMP', bytes('BM', u32(0), u32(0), u32(0), u32(0))],
  ['an icon', bytes([0, 0, 1, 0, 1, 0, 16, 16], new Uint8Array(20))],
  ['JPEG 2000', bytes(u32(12), 'jP  \r\n\x87\n', u32(20), 'ftypjp2 ', u32(0), 'jp2 ')],
  ['a JPEG XL codestream', bytes([0xff, 0x0a, 0, 0])],
  ['a Photoshop file', bytes('8BPS', [0, 1], new Uint8Array(40))],
  ['a libvips file', bytes([0x08, 0xf2, 0xa6, 0xb6], new Uint8Array(60))],
  ['an OpenEXR file', bytes([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0])],
  ['a Matroska video', bytes([0x1a, 0x45, 0xdf, 0xa3], new Uint8Array(40))],
])('does not recognise %s', (_file, file) => {
  expect(probe(file)).toBeNull();
});

test('reads bytes in the middle of a larger buffer', () => {
  const padded = bytes(new Uint8Array(7), fileOf('png'), new Uint8Array(7));
  expect(probe(padded.subarray(7, -7))).toEqual(probe(fileOf('png')));
});

test.each(names)('reads a %s that is cut off anywhere with the same type and never with another size', (name) => {
  const file = fileOf(name);
  const full = probe(file);
  const cuts = Array.from({ length: file.length }, (_, length) => probe(file.subarray(0, length)));
  const first = cuts.findIndex((cut) => cut !== null);
  const allowed = {
    ...wellFormed,
    type: full?.type,
    width: expect.toBeOneOf([null, full?.width]),
    height: expect.toBeOneOf([null, full?.height]),
  };
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(64);
  for (const cut of cuts.slice(first)) expect(cut).toMatchObject(allowed);
});

test('never throws on random bytes after the first bytes of any format', () => {
  const start = fc.constantFrom(...names, 'none').map((name) => files[name] ?? new Uint8Array());
  const hostile = fc.tuple(start, fc.nat(40), fc.uint8Array({ maxLength: 400 }));
  const property = fc.property(hostile, ([file, length, noise]) => {
    expect(probe(bytes(file.subarray(0, length), noise))).toEqual(imageOrNull);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('never throws on a real file with a few changed bytes', () => {
  const changes = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 8 });
  const property = fc.property(fc.constantFrom(...names), changes, (name, edits) => {
    const file = fileOf(name).slice();
    for (const [at, value] of edits) file[at % file.length] = value;
    expect(probe(file)).toEqual(imageOrNull);
  });
  fc.assert(property, { numRuns: 4000 });
});

test('the sentence about an unsupported type names the types that are accepted', () => {
  expect(describeUnsupportedType(['image/jpeg'])).toBe('Unsupported image type; the supported type is JPEG.');
  expect(describeUnsupportedType(['image/png', 'image/gif'])).toBe(
    'Unsupported image type; supported types are PNG and GIF.',
  );
  expect(describeUnsupportedType(imageMediaTypes)).toContain('JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC and SVG.');
});
