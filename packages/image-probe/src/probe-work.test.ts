import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, type Part, repeated, u16, u16le, u32, u32le } from '../test/bytes.ts';
import { createCountingReader } from '../test/counting-reader.ts';
import { gifFile, gifFrame } from '../test/gif-file.ts';
import { box } from '../test/heif-file.ts';
import { samples } from '../test/samples.ts';
import { probeReader } from './probe.ts';

const prefixBytes = 512 * 1024;
/** Steps allowed per byte of input, plus those of an empty input: each reader looks at the first bytes. */
const stepsPerByte = 4;
const stepsAtStart = 200;

const stepsOf = (file: Uint8Array): number => {
  const { reader, steps } = createCountingReader(file);
  probeReader(reader);
  return steps();
};
const filled = (head: Part[], ...unit: Part[]) => repeated(bytes(...head), bytes(...unit), prefixBytes);

const heic = box('ftyp', 'mif1', u32(0), 'heic');
/** A box that reaches to the end of its parent. */
const open = (type: string) => bytes(u32(0), type);
const meta = bytes(heic, open('meta'), u32(0));
const webp = bytes('RIFF\xff\xff\xff\xffWEBPVP8X', u32le(10), [0xff, 0, 0, 0], new Uint8Array(6));
const png = bytes('\x89PNG\r\n\x1a\n', u32(13), 'IHDR', u32(9), u32(9), new Uint8Array(9));
const gif = gifFile(9, 9).subarray(0, -1);

test.each([
  ['a JPEG of empty segments', filled([[0xff, 0xd8]], [0xff, 0xe0, 0, 0])],
  ['a JPEG of empty EXIF', filled([[0xff, 0xd8]], [0xff, 0xe1, 0, 8], 'Exif\0\0')],
  ['a JPEG of broken EXIF', filled([[0xff, 0xd8]], [0xff, 0xe1, 0, 14], 'Exif\0.', 'II*\0')],
  ['a JPEG of fill bytes', filled([[0xff, 0xd8]], [0xff])],
  ['a JPEG of junk', filled([[0xff, 0xd8, 0xff]], [0])],
  ['a JPEG of restart markers', filled([[0xff, 0xd8]], [0xff, 0xd0])],
  ['a PNG of empty chunks', filled([png], u32(0), 'tEXt', u32(0))],
  ['a WebP of empty frames', filled([webp], 'ANMF', u32le(0), new Uint8Array(16))],
  ['a WebP of empty EXIF', filled([webp], 'EXIF', u32le(0))],
  ['a GIF of tiny frames', filled([gif], gifFrame(0, 0, 1, 1))],
  ['a GIF of empty frames', filled([gif], [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0])],
  ['a GIF of empty extensions', filled([gif], [0x21, 0xf9, 0, 0])],
  ['a GIF of tiny sub-blocks', filled([gif, [0x21, 0xfe]], [1, 0x41])],
  ['a TIFF of useless entries', filled(['II*\0', u32le(8), [0xff, 0xff]], u16le(1), u16le(3), u32le(1), u32le(0))],
  [
    'a BigTIFF of endless entries',
    filled(['II+\0', u32le(8), [16], new Uint8Array(7), new Uint8Array(8).fill(0x7f)], [0]),
  ],
  ['a HEIC of brands', filled([u32(0x7fffffff), 'ftypmif1', u32(0)], 'abcd')],
  ['a HEIC of empty boxes', filled([heic], box('free'))],
  ['a HEIC of empty boxes in meta', filled([meta], box('free'))],
  ['a HEIC with a box of size 0', bytes(heic, u32(1), 'free', u32(0), u32(0))],
  ['a HEIC of nested boxes', filled([heic], open('meta'))],
  ['a HEIC of properties', filled([meta, open('iprp'), open('ipco')], box('irot'))],
  [
    'a HEIC of items',
    filled([meta, open('iinf'), u32(0), u16(9)], box('infe', [2, 0, 0, 0, 0, 1, 0, 0], 'mime', [0, 0])),
  ],
  [
    'a HEIC of associations',
    filled(
      [
        meta,
        box('pitm', u32(0), u16(1)),
        open('iprp'),
        box('ipco', box('irot', [1])),
        open('ipma'),
        u32(0),
        u32(0xffffffff),
      ],
      [0, 1, 1, 1],
    ),
  ],
  ['an SVG of white space', filled([], ' ')],
  ['an SVG of comments', filled([], '<!---->')],
  ['an SVG of opened comments', filled([], '<!--')],
  ['an SVG of attributes', filled(['<svg'], ' a=""')],
  ['an SVG of one name', filled(['<svg '], 'a')],
  ['an SVG of one prefix', filled(['<'], 'a')],
  ['an SVG of spaces before a value', filled(['<svg a='], ' ')],
  ['an SVG of one number', filled(['<svg width="'], '9')],
  ['an SVG of one view box', filled(['<svg viewBox="'], ' ,')],
  ['an SVG with one complete number', bytes('<svg width="', '9'.repeat(prefixBytes), 'x"/>')],
  ['an SVG with one complete view box', bytes('<svg viewBox="', ' ,'.repeat(prefixBytes / 2), '"/>')],
  ['an SVG of one style', filled(['<svg style="'], 'width ')],
])('reads %s in at most a few steps per byte', (_file, file) => {
  expect(stepsOf(file)).toBeLessThanOrEqual(stepsPerByte * file.length + stepsAtStart);
});

test('reads a file with random changes in at most a few steps per byte', async () => {
  const files = await samples();
  const changes = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 8 });
  const property = fc.property(fc.constantFrom(...Object.values(files)), changes, (original, edits) => {
    const file = original.slice();
    for (const [at, value] of edits) file[at % file.length] = value;
    expect(stepsOf(file)).toBeLessThanOrEqual(stepsPerByte * file.length + stepsAtStart);
  });
  fc.assert(property, { numRuns: 2000 });
});
