import {
  colourAt,
  compareLook,
  layDown,
  lookAt,
  openImage,
  type Paint,
  paintImage,
} from '@thumbnail-api/testing/images';
import { parseJsonOptions, resultSize, type Size, type Spec } from '@thumbnail-api/thumbnail-spec';
import { describe, expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';

const limits = { maxPixels: 50_000_000, maxOutputPixels: 32_000_000, memoryBytes: 512 * 1024 ** 2 };
const grey: Paint = (across, down) => {
  const level = Math.round(48 + 70 * (across + down));
  return [level, level, level];
};

interface Shape extends Size {
  name: string;
  paint: Paint;
  /** How far a channel may be off. */
  tolerance: number;
  encode: () => Promise<Buffer>;
}

const gradient = (width: number, height: number, paint = colourAt) => openImage(paintImage(width, height, paint));
const lying = (orientation: number) =>
  openImage(layDown(paintImage(160, 100), orientation)).withMetadata({ orientation });
const shape = (name: string, [width, height]: [number, number], encode: () => Promise<Buffer>, more = {}): Shape => ({
  name,
  width,
  height,
  paint: colourAt,
  tolerance: 9,
  encode,
  ...more,
});

const shapes: Shape[] = [
  shape('a square PNG', [120, 120], () => gradient(120, 120).png().toBuffer()),
  shape('a tall WebP', [60, 240], () => gradient(60, 240).webp({ lossless: true }).toBuffer()),
  shape('a wide TIFF', [240, 60], () => gradient(240, 60).tiff({ compression: 'lzw' }).toBuffer()),
  shape('a large JPEG', [1600, 1200], () => gradient(1600, 1200).jpeg({ quality: 95 }).toBuffer()),
  shape('a progressive JPEG', [300, 200], () => gradient(300, 200).jpeg({ quality: 95, progressive: true }).toBuffer()),
  shape('an interlaced PNG', [200, 300], () => gradient(200, 300).png({ progressive: true }).toBuffer()),
  shape('one pixel', [1, 1], () => gradient(1, 1).png().toBuffer()),
  shape('a line of pixels', [40, 4], () => gradient(40, 4).png().toBuffer(), { tolerance: 20 }),
  shape('an opaque alpha channel', [120, 80], () => gradient(120, 80).ensureAlpha().png().toBuffer()),
  shape('a grey JPEG', [120, 80], () => gradient(120, 80, grey).greyscale().jpeg({ quality: 95 }).toBuffer(), {
    paint: grey,
  }),
  shape('a CMYK JPEG', [120, 80], () => gradient(120, 80).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), {
    tolerance: 40,
  }),
  shape('16 bits a channel', [120, 80], () => gradient(120, 80).toColourspace('rgb16').png().toBuffer()),
  shape('an AVIF', [120, 80], () => gradient(120, 80).avif({ quality: 90, effort: 0 }).toBuffer()),
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
const alone = [{ width: 60, height: 60 }, { width: 90, height: 50, position: 'right bottom' }, { height: 300 }];

const named = (inputs: object[]) =>
  parseJsonOptions({ thumbnails: inputs.map((input, index) => ({ ...input, name: `t${index}`, format: 'png' })) }, {});
const inTens = Array.from({ length: Math.ceil(inputs.length / 10) }, (_, ten) => inputs.slice(ten * 10, ten * 10 + 10));

async function expectPromised(source: Shape, original: Buffer, specs: Spec[]) {
  let places = 0;
  const { image, thumbnails } = await render(original, specs, limits);
  expect(image).toEqual({ width: source.width, height: source.height, frames: 1 });
  expect(thumbnails.map(({ spec }) => spec)).toEqual(specs);
  for (const { spec, width, height, bytes } of thumbnails) {
    const look = await lookAt(bytes);
    const what = JSON.stringify(spec);
    expect({ what, width, height }).toEqual({ what, ...resultSize(spec, source) });
    expect({ what, width: look.width, height: look.height }).toEqual({ what, width, height });
    const { worst, compared } = compareLook(look, spec, source);
    expect(worst, what).toBeLessThanOrEqual(source.tolerance);
    places += compared;
  }
  expect(places).toBeGreaterThan(20 * specs.length);
}

const turned = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
  shape(`a JPEG of orientation ${orientation}`, [160, 100], () => lying(orientation).jpeg({ quality: 95 }).toBuffer()),
);

test.each(turned)('$name stands upright in every fit and position', async (source) => {
  const original = await source.encode();
  await expectPromised(source, original, named(alone));
  await expectPromised(source, original, named(inputs.filter((_, index) => index % 6 === 0)));
});

describe.each(shapes)('$name', (source) => {
  test('becomes exactly what each option promises, ten thumbnails from one decode', async () => {
    const original = await source.encode();
    for (const ten of inTens) await expectPromised(source, original, named(ten));
  });

  test('becomes exactly what is promised when one thumbnail is asked for', async () => {
    const original = await source.encode();
    for (const input of alone) await expectPromised(source, original, named([input]));
  });
});
