import { gzipSync } from 'node:zlib';
import { AppError } from '@thumbnail-api/errors';
import { type ImageType, imageMediaTypes } from '@thumbnail-api/image-probe';
import { encodeAnimation, heicInDisplayP3, openImage, paintImage, plainPng } from '@thumbnail-api/testing/images';
import { formatNames, parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';
import { limits, renderOne } from './render-one.ts';

const codeOf = (original: Buffer, options: object = {}, more: Partial<typeof limits> = {}) =>
  renderOne(original, options, more).then(
    () => 'success',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
const svg = (inner: string, before = '') =>
  Buffer.from(`${before}<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">${inner}</svg>`);

describe('rejects an unsupported type with unsupported_media_type:', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('a'.repeat(100))],
    ['HTML', Buffer.from('<!doctype html><html><body>hi</body></html>')],
    ['PDF', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
    ['ZIP', Buffer.from('504b0304140000000000', 'hex')],
    ['BMP', Buffer.from('424d46000000000000003600000028000000', 'hex')],
    ['JPEG XL', Buffer.from('ff0a7f0000000000', 'hex')],
    ['JPEG 2000', Buffer.from('0000000c6a5020200d0a870a00000014667479706a703220', 'hex')],
    ['a libvips image', Buffer.from('08f2a6b6'.padEnd(200, '0'), 'hex')],
    ['a portable pixmap', Buffer.from('P6 2 2 255\n000000000000')],
    ['Radiance', Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n0000')],
    ['gzipped SVG', gzipSync(svg('<rect width="9" height="9"/>'))],
    ['an SVG with a DOCTYPE', svg('', '<!DOCTYPE svg [<!ENTITY a "b">]>')],
    ['an SVG with a DOCTYPE in UTF-16', Buffer.from(`\ufeff${svg('', '<!DOCTYPE svg>')}`, 'utf16le')],
  ])('%s', async (_, original) => {
    expect(await codeOf(original)).toBe('unsupported_media_type');
  });
});

describe('rejects a damaged image with image_corrupt:', () => {
  const painted = () =>
    openImage(paintImage(200, 200, (across, down) => [across * 255, down * 255, (across * 7777) % 255]));

  test.each([
    ['jpeg', () => painted().jpeg().toBuffer()],
    ['progressive jpeg', () => painted().jpeg({ progressive: true }).toBuffer()],
    ['png', () => painted().png().toBuffer()],
    ['webp', () => painted().webp().toBuffer()],
    ['gif', () => painted().gif().toBuffer()],
    ['tiff', () => painted().tiff({ compression: 'lzw' }).toBuffer()],
    ['avif', () => painted().avif({ effort: 0 }).toBuffer()],
  ])('a %s that is truncated, whatever part of it is needed', async (_, encode) => {
    const whole = await encode();
    const half = whole.subarray(0, Math.floor(whole.length / 2));
    for (const options of [{}, { width: 200, height: 20, position: 'top' }, { width: 100, fit: 'inside' }])
      expect(await codeOf(half, options)).toBe('image_corrupt');
    expect(await codeOf(whole)).toBe('success');
  });

  test('its public message is the same for every damage, and the text of the decoder is only its cause', async () => {
    const damaged = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"><g></svg>');
    const error = await renderOne(damaged, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'image_corrupt',
      publicMessage: 'The image is damaged or incomplete and cannot be decoded.',
      cause: expect.any(Error),
    });
  });

  test('an SVG that is not XML', async () => {
    expect(await codeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"><g></svg>'))).toBe(
      'image_corrupt',
    );
  });
});

describe('rejects what is too large with image_too_large:', () => {
  test('44 bytes of GIF that claim 65535 x 65535 pixels', async () => {
    const gif = await openImage(paintImage(1, 1)).gif().toBuffer();
    gif.writeUInt16LE(65_535, 6);
    gif.writeUInt16LE(65_535, 8);
    expect(gif.length).toBeLessThan(100);
    expect(await codeOf(gif)).toBe('image_too_large');
  });

  test('20000 x 20000 pixels of one colour', async () => {
    expect(await codeOf(plainPng(20_000, 20_000))).toBe('image_too_large');
  });

  test('one pixel above the limit, but not the limit itself', async () => {
    expect(await codeOf(plainPng(100, 100), {}, { maxPixels: 10_000 })).toBe('success');
    expect(await codeOf(plainPng(100, 100), {}, { maxPixels: 9_999 })).toBe('image_too_large');
  });

  test('an animation with frames that together exceed the limit', async () => {
    const original = await encodeAnimation('gif', { width: 100, height: 100 }, [
      [1, 2, 3],
      [200, 2, 3],
      [1, 200, 3],
    ]);
    expect(await codeOf(original, {}, { maxPixels: 30_000 })).toBe('success');
    expect(await codeOf(original, {}, { maxPixels: 29_999 })).toBe('image_too_large');
  });

  test('an SVG above 1 MB', async () => {
    expect(await codeOf(svg(`<!--${' '.repeat(1_050_000)}-->`))).toBe('image_too_large');
  });

  test('a thumbnail side above 4096, an AVIF above 4 million pixels, thumbnails that together exceed the limit', async () => {
    const original = plainPng(100, 200);
    expect(await codeOf(original, { width: 2048, format: 'jpeg' })).toBe('success');
    expect(await codeOf(original, { width: 2049 })).toBe('image_too_large');
    expect(await codeOf(original, { width: 2001, height: 2000, format: 'avif' })).toBe('image_too_large');
    const specs = parseJsonOptions(
      {
        thumbnails: [
          { name: 'a', width: 100 },
          { name: 'b', width: 100 },
        ],
      },
      {},
    );
    await expect(render(original, specs, { ...limits, maxOutputPixels: 39_999 })).rejects.toMatchObject({
      code: 'image_too_large',
    });
    await expect(render(original, specs, { ...limits, maxOutputPixels: 40_000 })).resolves.toHaveProperty('thumbnails');
  });

  test('an animated thumbnail with frames that together exceed the limit', async () => {
    const original = await encodeAnimation('gif', { width: 10, height: 10 }, [
      [1, 2, 3],
      [200, 2, 3],
      [1, 200, 3],
    ]);
    expect(await codeOf(original, { width: 100, animated: true }, { maxOutputPixels: 30_000 })).toBe('success');
    expect(await codeOf(original, { width: 100, animated: true }, { maxOutputPixels: 29_999 })).toBe('image_too_large');
    expect(await codeOf(original, { width: 100 }, { maxOutputPixels: 10_000 })).toBe('success');
  });

  test('an image that does not fit into memory while it is decoded', async () => {
    const progressive = await openImage(paintImage(1000, 1000)).jpeg({ progressive: true }).toBuffer();
    const baseline = await openImage(paintImage(1000, 1000)).jpeg().toBuffer();
    expect(await codeOf(progressive, {}, { memoryBytes: 142_000_000 })).toBe('image_too_large');
    expect(await codeOf(progressive, {}, { memoryBytes: 150_000_000 })).toBe('success');
    expect(await codeOf(baseline, {}, { memoryBytes: 142_000_000 })).toBe('success');
  });
});

describe('a type that is switched off', () => {
  const painted = () => openImage(paintImage(20, 20));
  const originals: [ImageType, () => Promise<Buffer> | Buffer][] = [
    ['image/jpeg', () => painted().jpeg().toBuffer()],
    ['image/png', () => painted().png().toBuffer()],
    ['image/webp', () => painted().webp().toBuffer()],
    ['image/gif', () => painted().gif().toBuffer()],
    ['image/tiff', () => painted().tiff().toBuffer()],
    ['image/avif', () => painted().avif({ effort: 0 }).toBuffer()],
    ['image/heic', () => heicInDisplayP3()],
    ['image/svg+xml', () => svg('')],
  ];

  test('is tested for every type', () => {
    expect(originals.map(([type]) => type)).toEqual(imageMediaTypes);
  });

  test.each(originals)('reaches no decoder: %s', async (type, encode) => {
    const original = await encode();
    const types = imageMediaTypes.filter((each) => each !== type);
    // A decoder would find the damage.
    for (const bytes of [original, original.subarray(0, -30)])
      expect(await codeOf(bytes, {}, { types })).toBe('unsupported_media_type');
    expect(await codeOf(original, {}, { types: [type] })).toBe('success');
  });
});

describe('maxBytes', () => {
  const noise = () =>
    sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 50 },
      },
    })
      .png()
      .toBuffer();

  test.each(formatNames)('gives the best %s that fits', async (format) => {
    const original = await noise();
    const free = (await renderOne(original, { width: 200, format })).thumbnail.bytes.length;
    const maxBytes = Math.floor(free * 0.6);
    const bound = (await renderOne(original, { width: 200, format, maxBytes })).thumbnail.bytes.length;
    expect(bound).toBeLessThanOrEqual(maxBytes);
    expect(bound).toBeGreaterThan(maxBytes * 0.5);
    const unbound = await renderOne(original, { width: 200, format, maxBytes: free });
    expect(unbound.thumbnail.bytes.length).toBe(free);
  });

  test('fails with render_too_large if no quality fits', async () => {
    for (const format of formatNames)
      expect(await codeOf(await noise(), { format, maxBytes: 50 })).toBe('render_too_large');
  });
});

describe('SVG', () => {
  test('is rendered sharply at the size of the thumbnail, however small its own size is', async () => {
    const half = svg('<rect x="30" width="30" height="40" fill="#f00"/><rect width="30" height="40" fill="#00f"/>');
    const { decoded, image } = await renderOne(half, { width: 1200, format: 'png' });
    expect([image.width, image.height, decoded.width, decoded.height]).toEqual([60, 40, 1200, 800]);
    expect(decoded.at(598, 400)).toEqual([0, 0, 255, 255]);
    expect(decoded.at(602, 400)).toEqual([255, 0, 0, 255]);
  });

  test('with an extreme aspect ratio gives a thumbnail', async () => {
    const thin = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="9000"><rect width="1" height="9000" fill="red"/></svg>',
    );
    const { decoded } = await renderOne(thin, { width: 400, height: 400, format: 'png' });
    expect([decoded.width, decoded.height]).toEqual([400, 400]);
    expect(decoded.at(200, 200)[0]).toBeGreaterThan(250);
  });
});
