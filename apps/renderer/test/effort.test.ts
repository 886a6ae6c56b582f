import { openImage, paintImage } from '@thumbnail-api/testing/images';
import { efforts, formatNames, formats, parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';
import { limits } from './render-one.ts';

const noise = (across: number, down: number) => (Math.abs(Math.sin(across * 7_919 + down * 104_729)) * 40) % 40;
const photo = await openImage(
  paintImage(150, 100, (across, down) => [across * 200 + noise(across, down), down * 200, noise(down, across) * 2]),
)
  .png()
  .toBuffer();

async function renderEach(options: object) {
  const specs = efforts.map((effort) => ({ ...options, effort, name: effort, width: 150, height: 100 }));
  const { thumbnails } = await render(photo, parseJsonOptions({ thumbnails: specs }, {}), limits);
  return thumbnails.map(({ bytes }) => bytes);
}

test.each(formatNames)('at one quality, %s is smallest with effort small', async (format) => {
  const [fast, balanced, small] = (await renderEach({ format, quality: 60 })).map(({ length }) => length);
  expect(small).toBeLessThan(Math.max(fast ?? 0, balanced ?? 0));
});

test('without a quality, PNG is lossless with every effort', async () => {
  const original = await sharp(photo).raw().toBuffer();
  for (const bytes of await renderEach({ format: 'png' }))
    expect(await sharp(bytes).raw().toBuffer()).toEqual(original);
});

test.each(formatNames)('maxBytes applies to %s with every effort', async (format) => {
  const maxBytes = 6_000;
  for (const bytes of await renderEach({ format, maxBytes })) expect(bytes.length).toBeLessThanOrEqual(maxBytes);
});

test('a JPEG of effort small is encoded as by version 0.1.0', async () => {
  const pixels = sharp(await sharp(photo).raw().toBuffer(), { raw: { width: 150, height: 100, channels: 3 } });
  const [, , small] = await renderEach({ format: 'jpeg' });
  expect(small).toEqual(await pixels.jpeg({ quality: formats.jpeg.defaultQuality.small, mozjpeg: true }).toBuffer());
});
