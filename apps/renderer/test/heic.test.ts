import { colourAt, compareImage, heicInDisplayP3, heicWithAlpha, turnHeic } from '@thumbnail-api/testing/images';
import { expect, test, vi } from 'vitest';
import { renderOne } from './render-one.ts';

const source = { width: 64, height: 40, paint: colourAt };
const cover = { fit: 'cover', position: 'centre' } as const;

test('decodes a HEIC in Display P3 completely, in sRGB', async () => {
  const { image, decoded } = await renderOne(heicInDisplayP3(), { width: 40, height: 40, format: 'png' });
  expect(image).toEqual({ width: 64, height: 40, frames: 1 });
  expect(compareImage(decoded, cover, source).worst).toBeLessThanOrEqual(12);
});

test('keeps the alpha channel of a HEIC', async () => {
  const { decoded } = await renderOne(heicWithAlpha(), { width: 32, format: 'png' });
  expect(Math.abs(decoded.at(16, 10)[3] - 128)).toBeLessThanOrEqual(3);
});

test('applies the rotation of a HEIC exactly once', async () => {
  const { image, decoded } = await renderOne(turnHeic(heicWithAlpha(), 1), { width: 40, format: 'png' });
  expect(image).toEqual({ width: 40, height: 64, frames: 1 });
  const upright = {
    ...source,
    width: 40,
    height: 64,
    paint: (across: number, down: number) => colourAt(1 - down, across),
  };
  expect(compareImage(decoded, cover, upright).worst).toBeLessThanOrEqual(12);
});

test('rejects a truncated HEIC with image_corrupt, and one above a limit with image_too_large', async () => {
  const truncated = heicInDisplayP3().subarray(0, 900);
  await expect(renderOne(truncated, {})).rejects.toMatchObject({ code: 'image_corrupt' });
  await expect(renderOne(heicInDisplayP3(), {}, { maxPixels: 64 * 40 - 1 })).rejects.toMatchObject({
    code: 'image_too_large',
  });
  await expect(renderOne(heicInDisplayP3(), {}, { memoryBytes: 140_000_000 })).rejects.toMatchObject({
    code: 'image_too_large',
  });
});

test('the decoder is compiled once for all HEICs of a process', async () => {
  const compile = vi.spyOn(WebAssembly, 'compile');
  const construct = vi.spyOn(WebAssembly, 'Module');
  for (const heic of [heicInDisplayP3(), heicWithAlpha(), heicInDisplayP3()]) await renderOne(heic, {});
  expect(compile.mock.calls.length + construct.mock.calls.length).toBeLessThanOrEqual(1);
  vi.restoreAllMocks();
});
