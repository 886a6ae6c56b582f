import { colourAt, compareImage, heicWithPreview } from '@thumbnail-api/testing/images';
import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import { expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';
import { limits, renderOne } from './render-one.ts';

/** The image itself cannot be decoded; its preview of 64 x 40 pixels can. */
function withDamagedImage(): Buffer {
  const heic = heicWithPreview();
  heic.writeUInt32BE(0xff_ff_ff_ff, heic.indexOf('mdat', 'latin1') + 4);
  return heic;
}

test('with exact false, a thumbnail of half the size of a preview is made from that', async () => {
  const options = { width: 32, fit: 'inside', format: 'png', exact: false };
  const { image, decoded } = await renderOne(withDamagedImage(), options);
  expect(image).toEqual({ width: 256, height: 160, frames: 1 });
  expect([decoded.width, decoded.height]).toEqual([32, 20]);
  const cover = { fit: 'cover', position: 'centre' } as const;
  expect(compareImage(decoded, cover, { width: 256, height: 160, paint: colourAt }).worst).toBeLessThanOrEqual(12);
});

test.each([
  ['it is exact', [{ width: 32 }]],
  ['it is larger than half the preview', [{ width: 33, exact: false }]],
  ['it covers a box of more than half the preview', [{ width: 20, height: 21, exact: false }]],
  ['another one of the job is exact', [{ width: 32, exact: false }, { width: 8 }]],
  [
    'another one of the job is larger',
    [
      { width: 32, exact: false },
      { width: 100, exact: false },
    ],
  ],
])('a thumbnail is made from the image itself if %s', async (_, options) => {
  const thumbnails = options.map((spec, at) => ({ ...spec, name: `t${at}` }));
  const specs = parseJsonOptions({ thumbnails }, {});
  await expect(render(withDamagedImage(), specs, limits)).rejects.toMatchObject({ code: 'image_corrupt' });
  expect((await render(heicWithPreview(), specs, limits)).image).toEqual({ width: 256, height: 160, frames: 1 });
});

test('limits of pixels hold for the image, even if only its preview is decoded', async () => {
  const few = { maxPixels: 256 * 160 - 1 };
  await expect(renderOne(heicWithPreview(), { width: 8, exact: false }, few)).rejects.toMatchObject({
    code: 'image_too_large',
  });
});
