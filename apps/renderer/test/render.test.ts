import { imageMediaTypes } from '@thumbnail-api/image-probe';
import {
  colourAt,
  compareImage,
  decodeImage,
  openImage,
  type Paint,
  paintImage,
  toStoredPixels,
} from '@thumbnail-api/testing/images';
import { parseJsonOptions, resultSize, type Size, type Spec } from '@thumbnail-api/thumbnail-spec';
import { describe, expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';

const limits = {
  types: imageMediaTypes,
  maxPixels: 50_000_000,
  maxOutputPixels: 32_000_000,
  memoryBytes: 512 * 1024 ** 2,
};
const grey: Paint = (across, down) => {
  const level = Math.round(48 + 70 * (across + down));
  return [level, level, level];
};

interface TestImage extends Size {
  name: string;
  paint: Paint;
  /** The largest allowed difference of a channel. */
  tolerance: number;
  encode: () => Promise<Buffer>;
}

const gradient = (width: number, height: number, paint = colourAt) => openImage(paintImage(width, height, paint));
const stored = (orientation: number) =>
  openImage(toStoredPixels(paintImage(160, 100), orientation)).withMetadata({ orientation });
const testImage = (
  name: string,
  [width, height]: [number, number],
  encode: () => Promise<Buffer>,
  more = {},
): TestImage => ({
  name,
  width,
  height,
  paint: colourAt,
  tolerance: 9,
  encode,
  ...more,
});

const testImages: TestImage[] = [
  testImage('a square PNG', [120, 120], () => gradient(120, 120).png().toBuffer()),
  testImage('a tall WebP', [60, 240], () => gradient(60, 240).webp({ lossless: true }).toBuffer()),
  testImage('a wide TIFF', [240, 60], () => gradient(240, 60).tiff({ compression: 'lzw' }).toBuffer()),
  testImage('a large JPEG', [1600, 1200], () => gradient(1600, 1200).jpeg({ quality: 95 }).toBuffer()),
  testImage('a progressive JPEG', [300, 200], () =>
    gradient(300, 200).jpeg({ quality: 95, progressive: true }).toBuffer(),
  ),
  testImage('an interlaced PNG', [200, 300], () => gradient(200, 300).png({ progressive: true }).toBuffer()),
  testImage('one pixel', [1, 1], () => gradient(1, 1).png().toBuffer()),
  testImage('a line of pixels', [40, 4], () => gradient(40, 4).png().toBuffer(), { tolerance: 20 }),
  testImage('an opaque alpha channel', [120, 80], () => gradient(120, 80).ensureAlpha().png().toBuffer()),
  testImage('a grey JPEG', [120, 80], () => gradient(120, 80, grey).greyscale().jpeg({ quality: 95 }).toBuffer(), {
    paint: grey,
  }),
  testImage('a CMYK JPEG', [120, 80], () => gradient(120, 80).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), {
    tolerance: 40,
  }),
  testImage('16 bits a channel', [120, 80], () => gradient(120, 80).toColourspace('rgb16').png().toBuffer()),
  testImage('an AVIF', [120, 80], () => gradient(120, 80).avif({ quality: 90, effort: 0 }).toBuffer()),
];

const boxes = [{ width: 60, height: 60 }, { width: 90, height: 50 }, { width: 48 }, { height: 300 }];
const inputs = [
  ...(['cover', 'contain', 'inside', 'outside', 'fill'] as const).flatMap((fit) =>
    boxes.flatMap((box) => [true, false].map((enlarge) => ({ ...box, fit, enlarge }))),
  ),
  ...['centre', 'top', 'right top', 'right', 'right bottom', 'bottom', 'left bottom', 'left', 'left top'].flatMap(
    (position) => [
      { width: 50, height: 90, position },
      { width: 90, height: 50, fit: 'contain', position },
    ],
  ),
];
const single = [{ width: 60, height: 60 }, { width: 90, height: 50, position: 'right bottom' }, { height: 300 }];

const named = (inputs: object[]) =>
  parseJsonOptions({ thumbnails: inputs.map((input, index) => ({ ...input, name: `t${index}`, format: 'png' })) }, {});
const batches = Array.from({ length: Math.ceil(inputs.length / 10) }, (_, batch) =>
  inputs.slice(batch * 10, batch * 10 + 10),
);

async function expectPromised(source: TestImage, original: Buffer, specs: Spec[]) {
  let pixels = 0;
  const { image, thumbnails } = await render(original, specs, limits);
  expect(image).toEqual({ width: source.width, height: source.height, frames: 1 });
  expect(thumbnails.map(({ spec }) => spec)).toEqual(specs);
  for (const { spec, width, height, bytes } of thumbnails) {
    const decoded = await decodeImage(bytes);
    const what = JSON.stringify(spec);
    expect({ what, width, height }).toEqual({ what, ...resultSize(spec, source) });
    expect({ what, width: decoded.width, height: decoded.height }).toEqual({ what, width, height });
    const { worst, compared } = compareImage(decoded, spec, source);
    expect(worst, what).toBeLessThanOrEqual(source.tolerance);
    pixels += compared;
  }
  expect(pixels).toBeGreaterThan(20 * specs.length);
}

const turned = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
  testImage(`a JPEG of orientation ${orientation}`, [160, 100], () =>
    stored(orientation).jpeg({ quality: 95 }).toBuffer(),
  ),
);

test.each(turned)('$name is upright in every fit and position', async (source) => {
  const original = await source.encode();
  await expectPromised(source, original, named(single));
  await expectPromised(source, original, named(inputs.filter((_, index) => index % 6 === 0)));
});

describe.each(testImages)('$name', (source) => {
  test('gives exactly what each option promises, with ten thumbnails from one decode', async () => {
    const original = await source.encode();
    for (const batch of batches) await expectPromised(source, original, named(batch));
  });

  test('gives exactly what each option promises, with one thumbnail', async () => {
    const original = await source.encode();
    for (const input of single) await expectPromised(source, original, named([input]));
  });
});
