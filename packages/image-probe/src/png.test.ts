import { expect, test } from 'vitest';
import { bytes, inserted, u32 } from '../test/bytes.ts';
import { plain } from '../test/samples.ts';
import { exifOf } from '../test/tiff-file.ts';
import { probe } from './probe.ts';

const chunk = (name: string, ...content: Parameters<typeof bytes>): Uint8Array => {
  const body = bytes(...content);
  return bytes(u32(body.length), name, body, u32(0));
};
const signature = '\x89PNG\r\n\x1a\n';
const header = (width: number, height: number) => chunk('IHDR', u32(width), u32(height), [8, 2, 0, 0, 0]);
const withoutSize = { type: 'image/png', width: null, height: null, frames: 1, orientation: 1 };

test.each([
  ['true colour', {}],
  ['palette', { palette: true }],
  ['interlaced', { progressive: true }],
])('reads the size of a PNG (%s)', async (_kind, options) => {
  const file = await plain(123, 45).png(options).toBuffer();
  expect(probe(file)).toEqual({ type: 'image/png', width: 123, height: 45, frames: 1, orientation: 1 });
});

test('reads an animated PNG as its default image', () => {
  const file = bytes(signature, header(30, 20), chunk('acTL', u32(9), u32(0)), chunk('IDAT', [0]));
  expect(probe(file)).toMatchObject({ width: 30, height: 20, frames: 1 });
});

test('reads the orientation from the first eXIf chunk before the pixels', () => {
  const file = bytes(
    signature,
    header(3, 2),
    chunk('tEXt', 'a\0b'),
    chunk('eXIf', exifOf(6)),
    chunk('eXIf', exifOf(3)),
  );
  expect(probe(file)).toMatchObject({ orientation: 6 });
});

test('ignores an eXIf chunk after the pixels, as the decoder does', () => {
  const file = bytes(signature, header(3, 2), chunk('IDAT', [0]), chunk('eXIf', exifOf(6)));
  expect(probe(file)).toMatchObject({ orientation: 1 });
});

test('reports claimed sizes as they are, including 0 and 4294967295', () => {
  expect(probe(bytes(signature, header(0, 0xffffffff)))).toMatchObject({ width: 0, height: 0xffffffff });
});

test('reports no size for a PNG if IHDR is not first, has another length or is cut off', async () => {
  const file = new Uint8Array(await plain(3, 2).png().toBuffer());
  expect(probe(inserted(file, 8, chunk('CgBI', u32(0))))).toEqual(withoutSize);
  expect(probe(bytes(signature, u32(14), 'IHDR', u32(3), u32(2)))).toEqual(withoutSize);
  expect(probe(file.subarray(0, 23))).toEqual(withoutSize);
});
