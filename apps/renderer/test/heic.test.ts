import { colourAt, compareLook, heicInDisplayP3, heicWithAlpha, turnHeic } from '@thumbnail-api/testing/images';
import { expect, test } from 'vitest';
import { renderOne } from './render-one.ts';

const source = { width: 64, height: 40, paint: colourAt };
const cover = { fit: 'cover', position: 'centre' } as const;

test('a HEIC in Display P3 is shown whole, in sRGB', async () => {
  const { image, look } = await renderOne(heicInDisplayP3(), { width: 40, height: 40, format: 'png' });
  expect(image).toEqual({ width: 64, height: 40, frames: 1 });
  expect(compareLook(look, cover, source).worst).toBeLessThanOrEqual(12);
});

test('its alpha is kept', async () => {
  const { look } = await renderOne(heicWithAlpha(), { width: 32, format: 'png' });
  expect(Math.abs(look.at(16, 10)[3] - 128)).toBeLessThanOrEqual(3);
});

test('it is turned exactly once', async () => {
  const { image, look } = await renderOne(turnHeic(heicWithAlpha(), 1), { width: 40, format: 'png' });
  expect(image).toEqual({ width: 40, height: 64, frames: 1 });
  const against = {
    ...source,
    width: 40,
    height: 64,
    paint: (across: number, down: number) => colourAt(1 - down, across),
  };
  expect(compareLook(look, cover, against).worst).toBeLessThanOrEqual(12);
});

test('one that breaks off is image_corrupt, one above a limit image_too_large', async () => {
  const cut = heicInDisplayP3().subarray(0, 900);
  await expect(renderOne(cut, {})).rejects.toMatchObject({ code: 'image_corrupt' });
  await expect(renderOne(heicInDisplayP3(), {}, { maxPixels: 64 * 40 - 1 })).rejects.toMatchObject({
    code: 'image_too_large',
  });
  await expect(renderOne(heicInDisplayP3(), {}, { memoryBytes: 140_000_000 })).rejects.toMatchObject({
    code: 'image_too_large',
  });
});
