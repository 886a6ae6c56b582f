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
] as const)('reads the size of a %s TIFF', async (_kind, options) => {
  const file = await plain(123, 45).tiff(options).toBuffer();
  expect(probe(file)).toEqual({ type: 'image/tiff', width: 123, height: 45, frames: 1, orientation: 1 });
});

test.each(['II', 'MM'] as const)('reads byte order %s, with sides as SHORT or LONG', (order) => {
  const entries = [short(256, 300), long(257, 70_000), short(274, 8)];
  expect(probe(tiffFile(order, entries))).toMatchObject({ width: 300, height: 70_000, orientation: 8 });
});

test('reads BigTIFF, and limits a side to 32 bits', () => {
  const entries = [{ tag: 256, type: 16, value: 2 ** 40 }, long(257, 20), short(274, 3)];
  expect(probe(bigTiffFile(entries))).toMatchObject({ width: 0xffffffff, height: 20, orientation: 3 });
});

test('uses the first value of a repeated tag, as the decoder does', () => {
  const entries = [long(256, 30), long(256, 60_000), long(257, 20), long(257, 60_000), short(274, 9), short(274, 6)];
  expect(probe(tiffFile('II', entries))).toMatchObject({ width: 30, height: 20, orientation: 1 });
});

test('ignores entries that are not whole numbers, have no value, or are stored outside the directory', () => {
  const entries = [
    { tag: 256, type: 5, value: 1 },
    { tag: 256, type: 4, value: 2, count: 0 },
    { tag: 256, type: 4, value: 3, count: 2 },
    { tag: 256, type: 99, value: 4 },
    long(257, 20),
  ];
  expect(probe(tiffFile('II', entries))).toMatchObject({ width: null, height: 20 });
});

test('reads only the first directory, even in a chain that loops', () => {
  const once = tiffFile('II', [long(256, 30), long(257, 20)]);
  const looping = bytes(once.subarray(0, -4), u32le(8));
  expect(probe(looping)).toMatchObject({ width: 30, height: 20, frames: 1 });
});

test.each([
  ['its directory lies beyond the bytes', bytes('II*\0', u32le(1_000_000), new Uint8Array(64))],
  ['its directory is empty', tiffFile('II', [])],
  ['its directory lies in its own header', bytes('II*\0', u32le(0))],
  ['it ends after its first bytes', bytes('MM\0*')],
  ['its 64-bit directory lies beyond any file', bytes('II+\0', u16le(8), u16le(0), new Uint8Array(8).fill(0xff))],
])('reports no size for a TIFF when %s', (_reason, file) => {
  expect(probe(file)).toEqual({ type: 'image/tiff', width: null, height: null, frames: 1, orientation: 1 });
});
