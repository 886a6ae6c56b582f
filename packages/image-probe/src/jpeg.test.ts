import { expect, test } from 'vitest';
import { bytes, inserted, u16 } from '../test/bytes.ts';
import { plain } from '../test/samples.ts';
import { bigTiffFile, exifOf } from '../test/tiff-file.ts';
import { probe } from './probe.ts';

const segment = (marker: number, ...body: Parameters<typeof bytes>): Uint8Array => {
  const content = bytes(...body);
  return bytes([0xff, marker], u16(content.length + 2), content);
};
const frame = (marker: number, width: number, height: number) =>
  segment(marker, [8], u16(height), u16(width), [1, 1, 0x11, 0]);
const start = bytes([0xff, 0xd8]);
const scan = segment(0xda, [1, 1, 0, 0, 63, 0]);
const exif = (orientation: number, order: 'II' | 'MM' = 'II') => segment(0xe1, 'Exif\0\0', exifOf(orientation, order));

test.each([
  ['baseline', { progressive: false }],
  ['progressive', { progressive: true }],
  ['optimised', { mozjpeg: true }],
])('reads the size of a %s JPEG', async (_kind, options) => {
  const file = await plain(123, 45).jpeg(options).toBuffer();
  expect(probe(file)).toEqual({ type: 'image/jpeg', width: 123, height: 45, frames: 1, orientation: 1 });
});

test.each([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])(
  'reads the size from frame header %i',
  (marker) => {
    expect(probe(bytes(start, frame(marker, 300, 200), scan))).toMatchObject({ width: 300, height: 200 });
  },
);

test.each([0xc4, 0xc8, 0xcc])('does not read segment %i as a frame header', (marker) => {
  const file = bytes(start, frame(marker, 1, 2), frame(0xc0, 300, 200), scan);
  expect(probe(file)).toMatchObject({ width: 300, height: 200 });
});

test.each([
  ['fill bytes', bytes(start, [0xff, 0xff, 0xff], frame(0xc0, 300, 200))],
  ['restart markers', bytes(start, [0xff, 0xd0, 0xff, 0xd7, 0xff, 0x01], frame(0xc0, 300, 200))],
  ['junk between segments', bytes(start, segment(0xe0), [1, 2, 0xff, 0, 3], frame(0xc0, 300, 200))],
  ['segments shorter than their own length field', bytes(start, [0xff, 0xe0, 0, 1], frame(0xc0, 300, 200))],
  ['empty segments', bytes(start, segment(0xe0), segment(0xfe), frame(0xc0, 300, 200))],
  ['a frame header in a comment', bytes(start, segment(0xfe, frame(0xc0, 1, 1)), frame(0xc0, 300, 200))],
  ['a second frame header', bytes(start, frame(0xc0, 300, 200), frame(0xc0, 1, 1))],
])('reads the size despite %s', (_obstacle, file) => {
  expect(probe(file)).toMatchObject({ type: 'image/jpeg', width: 300, height: 200 });
});

test.each([
  ['its frame header lies beyond the bytes', bytes(start, [0xff, 0xe2, 0xff, 0xff], new Uint8Array(1000))],
  ['the frame header is cut off', bytes(start, frame(0xc0, 300, 200)).subarray(0, 10)],
  ['the frame header is too short for a size', bytes(start, segment(0xc0, [8, 0, 1]), frame(0xc0, 1, 1))],
  ['the frame header is shorter than its own length field', bytes(start, [0xff, 0xc0, 0, 1], new Uint8Array(9))],
  ['the scan comes first', bytes(start, scan, frame(0xc0, 1, 1))],
  ['the image ends first', bytes(start, [0xff, 0xd9], frame(0xc0, 1, 1))],
])('reports no size for a JPEG when %s', (_reason, file) => {
  expect(probe(file)).toEqual({ type: 'image/jpeg', width: null, height: null, frames: 1, orientation: 1 });
});

test('reports a claimed size of 0 and of 65535 as it is', () => {
  expect(probe(bytes(start, frame(0xc0, 65535, 0)))).toMatchObject({ width: 65535, height: 0 });
});

test.each([
  ['in either byte order', [exif(6, 'MM')], 6],
  ['after the frame header', [frame(0xc0, 3, 2), exif(6)], 6],
  ['from the first EXIF segment', [exif(6), exif(3)], 6],
  ['from the first EXIF segment even if it is broken', [segment(0xe1, 'Exif\0\0nothing'), exif(6)], 1],
  ['after XMP in a segment of the same kind', [segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x/>'), exif(6)], 6],
  ['as 1 if it is a BigTIFF', [segment(0xe1, 'Exif\0\0', bigTiffFile([{ tag: 274, type: 3, value: 6 }]))], 1],
  ['as 1 if it is 0', [exif(0)], 1],
  ['as 1 if it is 9', [exif(9)], 1],
])('reads the orientation %s', (_case, segments, orientation) => {
  expect(probe(bytes(start, ...segments, scan))).toMatchObject({ orientation });
});

test('reads the size of a JPEG whose EXIF segment is cut off, with orientation 1', async () => {
  const file = await plain(30, 20).jpeg().toBuffer();
  const broken = inserted(file, 2, segment(0xe1, 'Exif\0\0', exifOf(6).subarray(0, 16)));
  expect(probe(broken)).toMatchObject({ width: 30, height: 20, orientation: 1 });
});
