import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, type Part, repeated, u16, u16le, u32, u32le } from '../test/bytes.ts';
import { createCountingReader } from '../test/counting-reader.ts';
import { gifFile, gifFrame } from '../test/gif-file.ts';
import { box } from '../test/heif-file.ts';
import { samples } from '../test/samples.ts';
import { probeReader } from './probe.ts';

const prefixBytes = 512 * 1024;
/** Steps allowed for a byte of input, and for an input of none: every format is tried by its first bytes. */
const stepsPerByte = 4;
const stepsToStart = 200;

const stepsOf = (file: Uint8Array): number => {
  const { reader, steps } = createCountingReader(file);
  probeReader(reader);
  return steps();
};
const filled = (head: Part[], ...unit: Part[]) => repeated(bytes(...head), bytes(...unit), prefixBytes);

const heic = box('ftyp', 'mif1', u32(0), 'heic');
/** A box that reaches to the end of what it stands in. */
const open = (type: string) => bytes(u32(0), type);
const meta = bytes(heic, open('meta'), u32(0));
const webp = bytes('RIFF\xff\xff\xff\xffWEBPVP8X', u32le(10), [0xff, 0, 0, 0], new Uint8Array(6));
const png = bytes('\x89PNG\r\n\x1a\n', u32(13), 'IHDR', u32(9), u32(9), new Uint8Array(9));
const gif = gifFile(9, 9).subarray(0, -1);

test.each([
  ['JPEG of empty segments', filled([[0xff, 0xd8]], [0xff, 0xe0, 0, 0])],
  ['JPEG of empty EXIF', filled([[0xff, 0xd8]], [0xff, 0xe1, 0, 8], 'Exif\0\0')],
  ['JPEG of broken EXIF', filled([[0xff, 0xd8]], [0xff, 0xe1, 0, 14], 'Exif\0.', 'II*\0')],
  ['JPEG of fill bytes', filled([[0xff, 0xd8]], [0xff])],
  ['JPEG of junk', filled([[0xff, 0xd8, 0xff]], [0])],
  ['JPEG of restart markers', filled([[0xff, 0xd8]], [0xff, 0xd0])],
  ['PNG of empty chunks', filled([png], u32(0), 'tEXt', u32(0))],
  ['WebP of empty frames', filled([webp], 'ANMF', u32le(0), new Uint8Array(16))],
  ['WebP of empty EXIF', filled([webp], 'EXIF', u32le(0))],
  ['GIF of tiny frames', filled([gif], gifFrame(0, 0, 1, 1))],
  ['GIF of empty frames', filled([gif], [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0])],
  ['GIF of empty extensions', filled([gif], [0x21, 0xf9, 0, 0])],
  ['GIF of tiny sub-blocks', filled([gif, [0x21, 0xfe]], [1, 0x41])],
  ['TIFF of useless entries', filled(['II*\0', u32le(8), [0xff, 0xff]], u16le(1), u16le(3), u32le(1), u32le(0))],
  [
    'BigTIFF of endless entries',
    filled(['II+\0', u32le(8), [16], new Uint8Array(7), new Uint8Array(8).fill(0x7f)], [0]),
  ],
  ['HEIC of brands', filled([u32(0x7fffffff), 'ftypmif1', u32(0)], 'abcd')],
  ['HEIC of empty boxes', filled([heic], box('free'))],
  ['HEIC of empty boxes in meta', filled([meta], box('free'))],
  ['HEIC of a box of no size', bytes(heic, u32(1), 'free', u32(0), u32(0))],
  ['HEIC of nested boxes', filled([heic], open('meta'))],
  ['HEIC of properties', filled([meta, open('iprp'), open('ipco')], box('irot'))],
  [
    'HEIC of items',
    filled([meta, open('iinf'), u32(0), u16(9)], box('infe', [2, 0, 0, 0, 0, 1, 0, 0], 'mime', [0, 0])),
  ],
  [
    'HEIC of associations',
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
  ['SVG of white space', filled([], ' ')],
  ['SVG of comments', filled([], '<!---->')],
  ['SVG of opened comments', filled([], '<!--')],
  ['SVG of attributes', filled(['<svg'], ' a=""')],
  ['SVG of one name', filled(['<svg '], 'a')],
  ['SVG of one prefix', filled(['<'], 'a')],
  ['SVG of spaces before a value', filled(['<svg a='], ' ')],
  ['SVG of one number', filled(['<svg width="'], '9')],
  ['SVG of one view box', filled(['<svg viewBox="'], ' ,')],
  ['SVG of one whole number', bytes('<svg width="', '9'.repeat(prefixBytes), 'x"/>')],
  ['SVG of one whole view box', bytes('<svg viewBox="', ' ,'.repeat(prefixBytes / 2), '"/>')],
  ['SVG of one style', filled(['<svg style="'], 'width ')],
])('a %s costs no more than a few steps a byte', (_what, file) => {
  expect(stepsOf(file)).toBeLessThanOrEqual(stepsPerByte * file.length + stepsToStart);
});

test('a changed file costs no more than a few steps a byte', async () => {
  const files = await samples();
  const changes = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 8 });
  const property = fc.property(fc.constantFrom(...Object.values(files)), changes, (original, edits) => {
    const file = original.slice();
    for (const [at, value] of edits) file[at % file.length] = value;
    expect(stepsOf(file)).toBeLessThanOrEqual(stepsPerByte * file.length + stepsToStart);
  });
  fc.assert(property, { numRuns: 2000 });
});
