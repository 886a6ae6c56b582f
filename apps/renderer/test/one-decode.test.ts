import { openImage, paintImage, toStoredPixels } from '@thumbnail-api/testing/images';
import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import { expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';
import { limits } from './render-one.ts';

// A thumbnail alone is cropped while the image is decoded. Beside a smaller one it is cropped later.
const originals = {
  'a wide JPEG': () => openImage(paintImage(641, 480)).jpeg().toBuffer(),
  'a tall JPEG': () => openImage(paintImage(481, 640)).jpeg().toBuffer(),
  'a turned JPEG': () =>
    openImage(toStoredPixels(paintImage(641, 480), 6))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer(),
  'a PNG with alpha': () => openImage(paintImage(641, 480)).ensureAlpha(0.5).png().toBuffer(),
};
const positions = ['centre', 'left top', 'southeast', 'attention'] as const;
const options = positions.flatMap((position) =>
  [
    { width: 150, height: 20 },
    { width: 20, height: 150 },
    { width: 101, height: 100 },
  ].map((box) => ({
    ...box,
    position,
  })),
);

test.each(Object.entries(originals))(
  'a thumbnail of %s is the same alone and beside a smaller one',
  async (_, make) => {
    const original = await make();
    for (const one of options) {
      const [alone] = (await render(original, parseJsonOptions({ ...one, format: 'png' }, {}), limits)).thumbnails;
      const both = [one, { width: 8, fit: 'inside' }].map((spec, at) => ({ ...spec, format: 'png', name: `t${at}` }));
      const [beside] = (await render(original, parseJsonOptions({ thumbnails: both }, {}), limits)).thumbnails;
      const { spec: _, ...facts } = alone ?? {};
      expect(beside, JSON.stringify(one)).toMatchObject(facts);
    }
  },
);
