import { expect, test } from 'vitest';
import { bytes, u32 } from '../test/bytes.ts';
import { box, type HeifParts, heifFile, imir, irot, ispe } from '../test/heif-file.ts';
import { plain } from '../test/samples.ts';
import { probe } from './probe.ts';

const head = box('ftyp', 'heic', u32(0));
const metaOf = (parts: HeifParts) => heifFile(parts).subarray(head.length);
const heic: HeifParts = { major: 'heic', items: ['hvc1'], properties: [ispe(300, 200)], associations: [[1]] };

test.each([
  ['lossy', {}],
  ['lossless', { lossless: true }],
  ['subsampled', { chromaSubsampling: '4:2:0' }],
])('reads the size of an AVIF (%s)', async (_kind, options) => {
  const file = await plain(123, 45).avif(options).toBuffer();
  expect(probe(file)).toEqual({ type: 'image/avif', width: 123, height: 45, frames: 1, orientation: 1 });
});

test.each(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'])('recognises brand %s as HEIC', (major) => {
  expect(probe(heifFile({ ...heic, major }))).toMatchObject({ type: 'image/heic', width: 300, height: 200 });
});

test.each([
  ['an AVIF still', { major: 'avif', items: ['av01'] }, 'image/avif'],
  ['an AVIF sequence', { major: 'avis', compatible: ['msf1'] }, 'image/avif'],
  ['a neutral brand with AV1 items', { major: 'mif1', items: ['grid', 'av01'] }, 'image/avif'],
  ['a neutral brand with HEVC items', { major: 'mif1', items: ['Exif', 'hvc1'] }, 'image/heic'],
  ['a neutral brand beside that of AVIF', { major: 'mif1', compatible: ['miaf', 'avif'] }, 'image/avif'],
  ['a neutral brand beside that of HEIC', { major: 'msf1', compatible: ['hevc'] }, 'image/heic'],
  ['the brand of AVIF over HEVC items', { major: 'avif', items: ['hvc1'] }, 'image/heic'],
  ['the brand of HEIC over AV1 items', { major: 'heic', items: ['av01'] }, 'image/avif'],
])('recognises %s by its codec, then by its brands', (_file, parts, type) => {
  expect(probe(heifFile(parts))).toMatchObject({ type });
});

test.each([
  [
    'a neutral brand beside too many others',
    heifFile({ major: 'mif1', compatible: [...Array(64).fill('abcd'), 'avif'] }),
  ],
  ['a neutral brand alone', heifFile({ major: 'mif1' })],
  ['a neutral brand with JPEG items', heifFile({ major: 'mif1', compatible: ['jpeg'], items: ['jpeg'] })],
  ['a video', bytes(box('ftyp', 'isom', u32(512), 'isom', 'iso2', 'avc1', 'mp41'), box('moov'))],
  ['a video that also claims to be AVIF', heifFile({ ...heic, major: 'mp42', compatible: ['avif'] })],
  ['a camera raw', heifFile({ ...heic, major: 'crx ' })],
  ['JPEG XL', bytes(box('JXL ', '\r\n\x87\n'), box('ftyp', 'jxl ', u32(0), 'jxl '))],
])('does not recognise %s', (_file, file) => {
  expect(probe(file)).toBeNull();
});

test.each([false, true])('reads the size of the primary item, of a grid as a whole (wide numbers: %s)', (wide) => {
  const file = heifFile({
    major: 'mif1',
    items: ['hvc1', 'hvc1', 'grid'],
    primary: 3,
    properties: [ispe(512, 512), ispe(4032, 3024), ispe(9999, 9999)],
    associations: [[1], [3], [2]],
    wide,
  });
  expect(probe(file)).toMatchObject({ type: 'image/heic', width: 4032, height: 3024 });
});

test('uses the first of two sizes of the primary item', () => {
  const file = heifFile({ ...heic, properties: [ispe(300, 200), ispe(9, 9)], associations: [[1, 2]] });
  expect(probe(file)).toMatchObject({ width: 300, height: 200 });
});

test('uses the largest size if the primary item has none', () => {
  const properties = [ispe(512, 512), ispe(4032, 3024), ispe(320, 240)];
  expect(probe(heifFile({ ...heic, properties, associations: [] }))).toMatchObject({ width: 4032, height: 3024 });
});

test.each([
  [[irot(0)], 1],
  [[irot(1)], 8],
  [[irot(2)], 3],
  [[irot(3)], 6],
  [[imir(0)], 4],
  [[imir(1)], 2],
  [[irot(3), imir(1)], 5],
  [[irot(3), imir(0)], 7],
  [[imir(1), irot(3)], 7],
  [[imir(1), irot(1)], 5],
])('applies rotation and mirroring in their order (%#)', (transformations, orientation) => {
  const properties = [ispe(300, 200), ...transformations];
  const file = heifFile({ ...heic, properties, associations: [properties.map((_, index) => index + 1)] });
  expect(probe(file)).toMatchObject({ width: 300, height: 200, orientation });
});

test('reads boxes of 64-bit size, and a last box that reaches to the end', () => {
  const free = bytes(u32(1), 'free', u32(0), u32(20), u32(0));
  expect(probe(bytes(head, free, u32(0), metaOf(heic).subarray(4)))).toMatchObject({ width: 300, height: 200 });
});

test.each([
  ['its meta box lies beyond the bytes', bytes(head, u32(1_000_000), 'mdat', u32(0))],
  ['its meta box is cut off before the sizes', heifFile(heic).subarray(0, 60)],
  ['a box is smaller than its header', bytes(head, u32(7), 'fre', metaOf(heic))],
  ['4 096 boxes precede its meta box', bytes(...Array(4096).fill(box('free')).with(0, head), metaOf(heic))],
  ['a size is cut off', heifFile({ ...heic, properties: [box('ispe', u32(0), u32(300))] })],
])('reports no size for a HEIC when %s', (_reason, file) => {
  expect(probe(file)).toEqual({ type: 'image/heic', width: null, height: null, frames: 1, orientation: 1 });
});
