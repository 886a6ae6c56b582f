import {
  colourAt,
  compareImage,
  encodeAnimation,
  openImage,
  paintImage,
  pngChunk,
  toStoredPixels,
} from '@thumbnail-api/testing/images';
import { formatNames, formats } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { renderOne } from './render-one.ts';

const withCicp = (png: Buffer, chunk: Buffer) => Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
const isNear = (colour: number[]) => (actual: number[]) =>
  Math.max(...colour.map((channel, index) => Math.abs(channel - (actual[index] ?? 0)))) <= 4;

const upright = { width: 160, height: 100, paint: colourAt };
const transparentFormats = formatNames.filter((format) => formats[format].hasAlpha);
const cover = { fit: 'cover', position: 'centre' } as const;

describe('orientation', () => {
  const containers = ['jpeg', 'tiff', 'webp', 'png', 'avif'] as const;
  const cases = containers.flatMap((container) => [2, 3, 4, 5, 6, 7, 8].map((turn) => [container, turn] as const));

  test.each(cases)('applies the orientation of a %s (%i) exactly once', async (container, orientation) => {
    const stored = openImage(toStoredPixels(paintImage(160, 100), orientation)).withMetadata({ orientation });
    const original = await stored.toFormat(container, { quality: 90 }).toBuffer();
    const { image, decoded } = await renderOne(original, { width: 80, height: 80, format: 'png' });
    expect(image).toEqual({ width: 160, height: 100, frames: 1 });
    expect(compareImage(decoded, cover, upright).worst).toBeLessThanOrEqual(12);
  });
});

describe('colour', () => {
  const orange = { r: 200, g: 100, b: 50 };
  const flat = (width = 40, height = 20) => sharp({ create: { width, height, channels: 3, background: orange } });
  const deep = () => flat().toColourspace('rgb16');

  test.each([
    ['8 bits in Display P3', () => flat().withIccProfile('p3').png().toBuffer()],
    ['16 bits in Display P3', () => deep().withIccProfile('p3').png().toBuffer()],
    ['16 bits in sRGB', () => deep().withIccProfile('srgb').png().toBuffer()],
    ['16 bits without a profile', () => deep().png().toBuffer()],
    ['a TIFF of 16 bits in Display P3', () => deep().withIccProfile('p3').tiff().toBuffer()],
    ['a JPEG in Display P3', () => flat().withIccProfile('p3').jpeg({ quality: 100 }).toBuffer()],
  ])('converts %s to sRGB', async (_, encode) => {
    const { decoded } = await renderOne(await encode(), { width: 10, format: 'png' });
    const [red, green, blue] = decoded.at(5, 2);
    expect(Math.max(Math.abs(red - 200), Math.abs(green - 100), Math.abs(blue - 50))).toBeLessThanOrEqual(3);
  });

  test('converts a colour from Display P3 instead of reading it as sRGB', async () => {
    const green = sharp({ create: { width: 20, height: 20, channels: 3, background: '#00ff00' } });
    const png = await green.withIccProfile('p3').png().toBuffer();
    const raw = await sharp(png, { ignoreIcc: true }).raw().toBuffer();
    expect(raw[0]).toBeGreaterThan(100);
    expect((await renderOne(png, { width: 10, format: 'png' })).decoded.at(5, 5)).toSatisfy(isNear([0, 255, 0]));
  });

  const asP3 = async () => sharp(await flat().withIccProfile('p3').png().toBuffer(), { ignoreIcc: true });
  const cicp = pngChunk('cICP', Buffer.from([12, 13, 0, 1]));

  test.each([
    ['a PNG of 8 bits', async () => withCicp(await (await asP3()).png().toBuffer(), cicp)],
    ['a PNG of 16 bits', async () => withCicp(await (await asP3()).toColourspace('rgb16').png().toBuffer(), cicp)],
    ['a PNG with alpha', async () => withCicp(await (await asP3()).ensureAlpha(0.9).png().toBuffer(), cicp)],
  ])('converts %s that declares Display P3 by code points to sRGB', async (_, encode) => {
    const { decoded } = await renderOne(await encode(), { width: 10, format: 'png' });
    expect(decoded.at(5, 2)).toSatisfy(isNear([200, 100, 50]));
  });

  test.each(['without a profile', 'with a profile'])('converts CMYK %s', async (which) => {
    const cmyk = which === 'with a profile' ? flat().withIccProfile('cmyk') : flat();
    const { decoded } = await renderOne(await cmyk.toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(), {
      width: 10,
    });
    const [red, green, blue] = decoded.at(5, 2);
    expect(Math.max(Math.abs(red - 200), Math.abs(green - 100), Math.abs(blue - 50))).toBeLessThanOrEqual(35);
  });
});

describe('alpha', () => {
  const half = {
    create: { width: 40, height: 20, channels: 4 as const, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
  };
  const source = () => sharp(half).png().toBuffer();

  test.each(transparentFormats)('is kept in %s', async (format) => {
    const { decoded } = await renderOne(await source(), { width: 20, format, quality: 90 });
    const [red, green, , alpha] = decoded.at(10, 5);
    expect(red).toBeGreaterThan(245);
    expect(green).toBeLessThan(10);
    expect(Math.abs(alpha - 128)).toBeLessThanOrEqual(2);
  });

  test.each([
    [undefined, [255, 127, 127]],
    ['#0000ff', [127, 0, 127]],
    ['rgba(0, 0, 255, 0.5)', [191, 64, 127]],
  ])('is blended with the background %s in JPEG, and with white behind that', async (background, colour) => {
    const { decoded } = await renderOne(await source(), { width: 20, format: 'jpeg', quality: 100, background });
    expect(decoded.at(10, 5)).toSatisfy(isNear(colour));
  });

  test('does not let transparent pixels bleed into their neighbours when the image is scaled', async () => {
    const pixels = Buffer.alloc(40 * 40 * 4);
    for (let at = 0; at < pixels.length; at += 4) pixels.set(at % 8 === 0 ? [0, 255, 0, 255] : [255, 0, 0, 0], at);
    const original = await sharp(pixels, { raw: { width: 40, height: 40, channels: 4 } })
      .png()
      .toBuffer();
    const [red, green] = (await renderOne(original, { width: 10, height: 10, format: 'png' })).decoded.at(5, 5);
    expect([red, green]).toEqual([0, 255]);
  });
});

describe('padding', () => {
  const wide = () => openImage(paintImage(80, 20)).png().toBuffer();
  const pad = async (options: object) =>
    (await renderOne(await wide(), { width: 40, height: 40, fit: 'contain', ...options })).decoded.at(20, 3);

  test.each(transparentFormats)('is transparent in %s', async (format) => {
    expect((await pad({ format }))[3]).toBe(0);
  });

  test('is white in JPEG', async () => {
    expect(await pad({ format: 'jpeg' })).toSatisfy(isNear([255, 255, 255]));
  });

  test('has the requested background', async () => {
    expect(await pad({ format: 'png', background: '#102030' })).toEqual([16, 32, 48, 255]);
    expect(await pad({ format: 'png', background: '#10203080' })).toEqual([16, 32, 48, 128]);
  });

  test('goes to the side that the position leaves free', async () => {
    const at = async (position: string, y: number) =>
      (await renderOne(await wide(), { width: 40, height: 40, fit: 'contain', format: 'png', position })).decoded.at(
        20,
        y,
      );
    expect((await at('top', 2))[3]).toBe(255);
    expect((await at('top', 37))[3]).toBe(0);
    expect((await at('bottom', 2))[3]).toBe(0);
    expect((await at('south', 37))[3]).toBe(255);
  });
});

describe('attention and entropy', () => {
  const busy = (across: number): [number, number, number] =>
    across > 0.75 && across < 0.85 ? [255, 0, 0] : [90, 90, 90];
  const hasRed = (row: [number, number, number, number][]) => row.some(([red, green]) => red > 200 && green < 60);

  test.each(['attention', 'entropy'])('%s keeps the salient part', async (position) => {
    const original = await openImage(paintImage(300, 60, busy))
      .png()
      .toBuffer();
    const { decoded } = await renderOne(original, { width: 60, height: 60, position, format: 'png' });
    expect([decoded.width, decoded.height]).toEqual([60, 60]);
    expect(hasRed(Array.from({ length: 60 }, (_, x) => decoded.at(x, 30)))).toBe(true);
  });

  test('all frames of an animation are cropped at the same position', async () => {
    const frames = [0, 1, 2].map(
      (frame) => paintImage(300, 60, (across) => (frame === 0 ? busy(across) : [frame * 100, 0, 255])).data,
    );
    const raw = { width: 300, height: 180, channels: 3 as const, pageHeight: 60 };
    const original = await sharp(Buffer.concat(frames), { raw, animated: true }).gif().toBuffer();
    const { decoded } = await renderOne(original, { width: 60, height: 60, position: 'attention', animated: true });
    expect([decoded.width, decoded.height, decoded.frames]).toEqual([60, 60, 3]);
    expect(hasRed(Array.from({ length: 60 }, (_, x) => decoded.at(x, 30, 0)))).toBe(true);
  });
});

describe('animation', () => {
  const colours: [number, number, number][] = [
    [250, 0, 0],
    [0, 250, 0],
    [0, 0, 250],
    [250, 250, 0],
  ];
  const near = (actual: number[], colour: number[]) =>
    Math.max(...colour.map((channel, index) => Math.abs(channel - (actual[index] ?? 0)))) <= 12;

  test.each(['gif', 'webp'] as const)('of a %s is reduced to its first frame by default', async (format) => {
    const original = await encodeAnimation(format, { width: 60, height: 30 }, colours);
    const { image, decoded } = await renderOne(original, { width: 30 });
    expect(image).toEqual({ width: 60, height: 30, frames: 4 });
    expect([decoded.width, decoded.height, decoded.frames]).toEqual([30, 15, 1]);
    expect(near(decoded.at(3, 3), [250, 0, 0])).toBe(true);
  });

  test.each([
    ['gif', { width: 30 }, [30, 15]],
    ['webp', { width: 20, height: 20 }, [20, 20]],
    ['gif', { width: 40, height: 40, fit: 'contain' }, [40, 40]],
    ['webp', { width: 120, height: 20, fit: 'fill' }, [120, 20]],
    ['gif', { width: 90, fit: 'inside' }, [60, 30]],
  ] as const)('of a %s keeps frames, order, delays and loops with %j', async (format, options, [width, height]) => {
    const original = await encodeAnimation(format, { width: 60, height: 30 }, colours);
    const { decoded, thumbnail } = await renderOne(original, { ...options, animated: true });
    expect([decoded.width, decoded.height, decoded.frames]).toEqual([width, height, 4]);
    const middle = colours.map((colour, frame) => near(decoded.at(width / 2, height / 2, frame), colour));
    expect(middle).toEqual([true, true, true, true]);
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ delay: [100, 150, 200, 250], loop: 3 });
  });

  test('with an orientation is turned frame by frame', async () => {
    const frames = [0, 1].map(
      (frame) =>
        toStoredPixels(
          paintImage(60, 30, (across) => (across < 0.5 ? [250, 0, frame * 250] : [0, 250, frame * 250])),
          6,
        ).data,
    );
    const raw = { width: 30, height: 120, channels: 3 as const, pageHeight: 60 };
    const stored = sharp(Buffer.concat(frames), { raw, animated: true }).withMetadata({ orientation: 6 });
    const original = await stored.webp({ lossless: true, delay: [100, 100] }).toBuffer();
    const { image, decoded } = await renderOne(original, { width: 60, animated: true });
    expect(image).toEqual({ width: 60, height: 30, frames: 2 });
    expect([decoded.width, decoded.height, decoded.frames]).toEqual([60, 30, 2]);
    expect([decoded.at(5, 15, 0), decoded.at(55, 15, 0)].map(([red]) => red > 200)).toEqual([true, false]);
    expect([decoded.at(5, 15, 1), decoded.at(55, 15, 1)].map(([red, , blue]) => red > 200 && blue > 200)).toEqual([
      true,
      false,
    ]);
  });

  test('of a still image has one frame', async () => {
    const original = await openImage(paintImage(60, 30)).png().toBuffer();
    expect((await renderOne(original, { width: 30, animated: true })).decoded.frames).toBe(1);
  });
});

describe('the thumbnail', () => {
  test.each(formatNames)('contains no metadata as %s', async (format) => {
    const exif = { IFD0: { Copyright: 'owner', ImageDescription: 'secret' }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } };
    const rich = openImage(paintImage(64, 64))
      .withExif(exif)
      .withIccProfile('p3')
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
    const original = await rich.jpeg().toBuffer();
    expect(await sharp(original).metadata()).toHaveProperty('exif');
    const { thumbnail } = await renderOne(original, { width: 32, format });
    const { exif: none, icc, xmp, iptc, orientation } = await sharp(thumbnail.bytes).metadata();
    expect([none, icc, xmp, iptc, orientation]).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(thumbnail.bytes.includes('secret')).toBe(false);
  });

  test.each(formatNames)('is the same byte for byte when %s is rendered again', async (format) => {
    const original = await openImage(paintImage(300, 200)).jpeg().toBuffer();
    const once = await renderOne(original, { width: 90, height: 60, position: 'attention', format });
    const again = await renderOne(original, { width: 90, height: 60, position: 'attention', format });
    expect(again.thumbnail).toEqual(once.thumbnail);
  });

  test('has more bytes with a higher quality', async () => {
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
    const original = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#808080', noise } })
      .png()
      .toBuffer();
    const sizeOf = async (options: object) =>
      (await renderOne(original, { width: 100, ...options })).thumbnail.bytes.length;
    for (const format of formatNames)
      expect(await sizeOf({ format, quality: 20 })).toBeLessThan(await sizeOf({ format, quality: 90 }));
  });
});
