import { AppError } from '@thumbnail-api/errors';
import { animate, lookAt, openImage, paintImage } from '@thumbnail-api/testing/images';
import { parseJsonOptions, parseOptions, resultSize, type Spec } from '@thumbnail-api/thumbnail-spec';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';
import { limits } from './render-one.ts';

const side = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
const fits = ['cover', 'contain', 'inside', 'outside', 'fill'] as const;
const edges = ['centre', 'top', 'right bottom', 'left', 'northwest', 'south'] as const;

/** Any spec that the contract calls valid; sides small enough for many runs, now and then too large. */
const validSpec = fc
  .record(
    {
      width: side(160),
      height: side(160),
      fit: fc.constantFrom(...fits),
      position: fc.constantFrom(...edges, 'attention', 'entropy'),
      format: fc.constantFrom('webp', 'jpeg', 'png', 'avif'),
      quality: fc.integer({ min: 1, max: 100 }),
      maxBytes: fc.integer({ min: 1, max: 20_000 }),
      background: fc.constantFrom('red', '#0f08', 'transparent', 'rgb(1, 2, 3)'),
      enlarge: fc.boolean(),
      animated: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((spec) => ({
    ...spec,
    ...((spec.fit ?? 'cover') !== 'cover' && { position: 'centre' }),
    ...((spec.format ?? 'webp') !== 'webp' && { animated: false }),
  }));

const anyPicture = fc
  .record({
    width: fc.oneof(fc.constantFrom(1, 2, 3, 640), fc.integer({ min: 1, max: 200 })),
    height: fc.oneof(fc.constantFrom(1, 2, 3, 640), fc.integer({ min: 1, max: 200 })),
    container: fc.constantFrom('png', 'jpeg', 'webp', 'gif', 'tiff', 'animated gif', 'alpha'),
    orientation: fc.integer({ min: 1, max: 8 }),
  })
  .map((picture) => ({ ...picture, turns: picture.orientation > 4 && /jpeg|tiff|webp/.test(picture.container) }));

type SourceImage = typeof anyPicture extends fc.Arbitrary<infer T> ? T : never;

async function encode({ width, height, container, orientation }: SourceImage): Promise<Buffer> {
  const opened = openImage(paintImage(width, height));
  const encoders: Record<string, () => Promise<Buffer>> = {
    png: () => opened.png().toBuffer(),
    jpeg: () => opened.withMetadata({ orientation }).jpeg().toBuffer(),
    webp: () => opened.withMetadata({ orientation }).webp({ effort: 0 }).toBuffer(),
    gif: () => opened.gif({ effort: 1 }).toBuffer(),
    tiff: () => opened.withMetadata({ orientation }).tiff().toBuffer(),
    'animated gif': () =>
      animate('gif', { width, height }, [
        [9, 9, 9],
        [200, 9, 9],
      ]),
    alpha: () => opened.ensureAlpha(0.5).png().toBuffer(),
  };
  return (await encoders[container]?.()) ?? Buffer.alloc(0);
}

test('any valid spec on any picture gives exactly the size that it implies, or a refusal with a code', async () => {
  await fc.assert(
    fc.asyncProperty(anyPicture, fc.array(validSpec, { minLength: 1, maxLength: 3 }), async (picture, inputs) => {
      const specs = parseJsonOptions({ thumbnails: inputs.map((input, at) => ({ ...input, name: `t${at}` })) }, {});
      const upright = picture.turns
        ? { width: picture.height, height: picture.width }
        : { width: picture.width, height: picture.height };
      const made = await render(await encode(picture), specs, limits).catch((error: unknown) => codeOf(error));
      expect(made).toSatisfy((value: unknown) => typeof value !== 'string' || expectedCodes.includes(value));
      const thumbnails = typeof made === 'string' ? [] : made.thumbnails;
      const looks = await Promise.all(thumbnails.map(({ bytes }) => lookAt(bytes)));
      expect(looks.map(({ width, height }) => ({ width, height }))).toEqual(
        thumbnails.map(({ spec }) => resultSize(spec, upright)),
      );
      const sizes = looks.map(
        (_, at) => (thumbnails[at]?.bytes.length ?? 0) <= (specs[at]?.maxBytes ?? Number.MAX_VALUE),
      );
      expect(sizes).not.toContain(false);
    }),
    { numRuns: 120 },
  );
});

const expectedCodes = ['image_too_large', 'render_too_large'];
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

test('the promised size is the one that sharp makes, but for a side of exactly a half, which is rounded up', async () => {
  const sides = fc.integer({ min: 1, max: 300 });
  const box = fc.record({ width: side(200), height: side(200), fit: fc.constantFrom(...fits), enlarge: fc.boolean() });
  const sized = box.filter(({ width, height, fit, enlarge }) => {
    const both = width !== undefined && height !== undefined;
    // Where the contract goes its own way: `fill` with one side, and boxes that shrink.
    return (
      (width ?? height) !== undefined && (fit !== 'fill' || both) && (enlarge || fit === 'inside' || fit === 'outside')
    );
  });
  await fc.assert(
    fc.asyncProperty(sides, sides, sized, async (width, height, { enlarge, ...options }) => {
      const [spec] = parseJsonOptions({ ...options, enlarge }, {}) as [Spec];
      const promised = resultSize(spec, { width, height });
      const opened = sharp({ create: { width, height, channels: 3, background: 'red' } });
      const resized = opened.resize({ ...options, withoutEnlargement: !enlarge });
      const { info } = await resized.raw().toBuffer({ resolveWithObject: true });
      const off = [promised.width - info.width, promised.height - info.height];
      const half = [(width * promised.height) / height, (height * promised.width) / width].some((x) => x % 1 === 0.5);
      expect(off).toSatisfy((by: number[]) => by.every((one) => one === 0 || (one === 1 && half)));
    }),
    { numRuns: 300 },
  );
});

test('any wrong value of an option is refused by the name of its field, beside right ones', () => {
  const wrong = fc.oneof(
    fc.tuple(
      fc.constantFrom('width', 'height'),
      fc.oneof(fc.integer({ max: 0 }), fc.integer({ min: 4097 }), fc.double({ min: 1.1, max: 1.9 })),
    ),
    fc.tuple(fc.constant('quality'), fc.oneof(fc.integer({ max: 0 }), fc.integer({ min: 101 }))),
    fc.tuple(
      fc.constant('maxBytes'),
      fc.oneof(
        fc.integer({ max: 0 }),
        fc.string().map((text) => `${text}x`),
      ),
    ),
    fc.tuple(
      fc.constantFrom('fit', 'position', 'format'),
      fc.string({ minLength: 1 }).map((text) => `${text}!`),
    ),
    fc.tuple(fc.constantFrom('enlarge', 'animated'), fc.constantFrom('yes', '1', 'TRUE', 'null', '')),
    fc.tuple(
      fc.constant('background'),
      fc.string().map((text) => `${text}?`),
    ),
    fc.tuple(
      fc.string({ minLength: 1 }).map((name) => `x${name}`),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(validSpec, wrong, (right, [field, value]) => {
      const fields = Object.fromEntries(
        Object.entries({ ...right, position: 'centre', animated: false, [field]: value })
          .filter(([, one]) => one !== undefined)
          .map(([name, one]) => [name, String(one)]),
      );
      const pointer = `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      expect(() => parseOptions(fields, {})).toThrow(
        expect.objectContaining({
          code: 'invalid_parameter',
          fields: [expect.objectContaining({ pointer, detail: expect.any(String) })],
        }),
      );
    }),
    { numRuns: 500 },
  );
});
