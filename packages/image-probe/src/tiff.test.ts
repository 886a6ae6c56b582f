import { expect, test } from 'vitest';
import { bytes, u16le, u32le } from '../test/bytes.ts';
import { plain } from '../test/samples.ts';
import { bigTiffFile, tiffFile } from '../test/tiff-file.ts';
import { probe } from './probe.ts';

const short = (tag: number, value: number) => ({ tag, type: 3, value });
const long = (tag: number, value: number) => ({ tag, type: 4, value });

test.each([
  ['plain', {}],
  ['tiled', { tile: true, tileWidth: 16, tileHeight: 16 }],
  ['deflated', { compression: 'deflate' }],
  ['big', { bigtiff: true }],
] as const)('a %s TIFF gives the size it was made with', async (_kind, options) => {
  const file = await plain(123, 45).tiff(options).toBuffer();
  expect(probe(file)).toEqual({ type: 'image/tiff', width: 123, height: 45, frames: 1, orientation: 1 });
});

test.each(['II', 'MM'] as const)('byte order %s is read, sides as SHORT or LONG', (order) => {
  const entries = [short(256, 300), long(257, 70_000), short(274, 8)];
  expect(probe(tiffFile(order, entries))).toMatchObject({ width: 300, height: 70_000, orientation: 8 });
});

test('BigTIFF is read, and a side of more than 32 bits is cut down to what they hold', () => {
  const entries = [{ tag: 256, type: 16, value: 2 ** 40 }, long(257, 20), short(274, 3)];
  expect(probe(bigTiffFile(entries))).toMatchObject({ width: 0xffffffff, height: 20, orientation: 3 });
});

test('of a tag that is given twice the first counts, as in the decoder', () => {
  const entries = [long(256, 30), long(256, 60_000), long(257, 20), long(257, 60_000), short(274, 9), short(274, 6)];
  expect(probe(tiffFile('II', entries))).toMatchObject({ width: 30, height: 20, orientation: 1 });
});

test('entries of a type that is no whole number, of no value, or kept elsewhere are left out', () => {
  const entries = [
    { tag: 256, type: 5, value: 1 },
    { tag: 256, type: 4, value: 2, count: 0 },
    { tag: 256, type: 4, value: 3, count: 2 },
    { tag: 256, type: 99, value: 4 },
    long(257, 20),
  ];
  expect(probe(tiffFile('II', entries))).toMatchObject({ width: null, height: 20 });
});

test('a further directory, or a chain of them that loops, is not visited', () => {
  const once = tiffFile('II', [long(256, 30), long(257, 20)]);
  const looping = bytes(once.subarray(0, -4), u32le(8));
  expect(probe(looping)).toMatchObject({ width: 30, height: 20, frames: 1 });
});

test.each([
  ['its directory lies beyond the bytes', bytes('II*\0', u32le(1_000_000), new Uint8Array(64))],
  ['its directory is empty', tiffFile('II', [])],
  ['its directory lies in its own header', bytes('II*\0', u32le(0))],
  ['it ends with its first bytes', bytes('MM\0*')],
  ['its 64-bit directory lies nowhere', bytes('II+\0', u16le(8), u16le(0), new Uint8Array(8).fill(0xff))],
])('a TIFF is one without a size when %s', (_why, file) => {
  expect(probe(file)).toEqual({ type: 'image/tiff', width: null, height: null, frames: 1, orientation: 1 });
});
