import { expect, test } from 'vitest';
import { bytes, u32le } from '../test/bytes.ts';
import { animation, plain } from '../test/samples.ts';
import { exifOf } from '../test/tiff-file.ts';
import { probe } from './probe.ts';

const chunk = (name: string, ...content: Parameters<typeof bytes>): Uint8Array => {
  const body = bytes(...content);
  return bytes(name, u32le(body.length), body, new Uint8Array(body.length % 2));
};
const riff = (...chunks: Uint8Array[]): Uint8Array => {
  const body = bytes('WEBP', ...chunks);
  return bytes('RIFF', u32le(body.length), body);
};
const extended = (flags: number, width: number, height: number) =>
  chunk('VP8X', [flags, 0, 0, 0], u32le(width - 1).slice(0, 3), u32le(height - 1).slice(0, 3));
const frame = chunk('ANMF', new Uint8Array(16), chunk('VP8L', new Uint8Array(5)));

test.each([
  ['lossy', {}, 1],
  ['lossless', { lossless: true }, 1],
])('reads the size of a %s WebP', async (_kind, options, frames) => {
  const file = await plain(123, 45).webp(options).toBuffer();
  expect(probe(file)).toEqual({ type: 'image/webp', width: 123, height: 45, frames, orientation: 1 });
});

test('reads the largest sides of each shape', () => {
  const lossy = chunk('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0xff, 0xff, 0x7f]);
  const lossless = chunk('VP8L', [0x2f, 0xff, 0xff, 0xff, 0xff]);
  expect(probe(riff(lossy))).toMatchObject({ width: 16383, height: 16383 });
  expect(probe(riff(lossless))).toMatchObject({ width: 16384, height: 16384 });
  expect(probe(riff(extended(0, 2 ** 24, 2 ** 24)))).toMatchObject({ width: 2 ** 24, height: 2 ** 24 });
});

test('counts the frames of an animation', async () => {
  expect(probe(await (await animation()).webp().toBuffer())).toMatchObject({ width: 40, height: 20, frames: 3 });
  expect(probe(riff(extended(0x02, 40, 20), frame, frame))).toMatchObject({ frames: 2 });
});

test('finds the frames after one with a length that covers them', () => {
  const greedy = bytes('ANMF', u32le(1000), frame.subarray(8));
  expect(probe(riff(extended(0x02, 40, 20), greedy, frame, frame))).toMatchObject({ frames: 3 });
});

test('ignores frames and EXIF that the header does not announce, as the decoder does', () => {
  const file = riff(extended(0, 40, 20), frame, frame, chunk('EXIF', exifOf(6)));
  expect(probe(file)).toMatchObject({ frames: 1, orientation: 1 });
});

test('reads the orientation from the first EXIF chunk within the file, with or without the JPEG prefix', () => {
  const parts = [extended(0x08, 40, 20), chunk('EXIF', 'Exif\0\0', exifOf(6)), chunk('EXIF', exifOf(3))];
  expect(probe(riff(...parts))).toMatchObject({ orientation: 6 });
  expect(probe(riff(extended(0x08, 40, 20), chunk('EXIF', exifOf(6, 'MM'))))).toMatchObject({ orientation: 6 });
  expect(probe(bytes(riff(extended(0x08, 40, 20)), chunk('EXIF', exifOf(6))))).toMatchObject({ orientation: 1 });
});

test.each([
  ['the lossy frame is not a key frame', riff(chunk('VP8 ', [1, 0, 0, 0x9d, 0x01, 0x2a, 1, 0, 1, 0]))],
  ['the lossy start code is missing', riff(chunk('VP8 ', [0, 0, 0, 0, 0, 0, 1, 0, 1, 0]))],
  ['the lossless signature is missing', riff(chunk('VP8L', [0, 1, 2, 3, 4]))],
  ['the first chunk is another', riff(chunk('ICCP', [1, 2]), extended(0, 4, 4))],
  ['the header is cut off', riff(extended(0, 4, 4)).subarray(0, 28)],
])('reports no size for a WebP when %s', (_reason, file) => {
  expect(probe(file)).toEqual({ type: 'image/webp', width: null, height: null, frames: 1, orientation: 1 });
});

test('does not recognise other RIFF files', () => {
  expect(probe(bytes('RIFF', u32le(36), 'WAVEfmt ', new Uint8Array(40)))).toBeNull();
});
