import { AppError } from '@thumbnail-api/errors';
import { decodeImage, encodeAnimation, openImage, paintImage } from '@thumbnail-api/testing/images';
import { formatNames, parseJsonOptions, parseOptions, resultSize, type Spec } from '@thumbnail-api/thumbnail-spec';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { render } from '../src/pipeline.ts';
import { limits } from './render-one.ts';

const side = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
const fits = ['cover', 'contain', 'inside', 'outside', 'fill'] as const;
const edges = ['centre', 'top', 'right bottom', 'left', 'northwest', 'south'] as const;

/** Any valid spec, with sides small enough for many runs; the thumbnail is sometimes too large. */
const validSpec = fc
  .record(
    {
      width: side(160),
      height: side(160),
      fit: fc.constantFrom(...fits),
      position: fc.constantFrom(...edges, 'attention', 'entropy'),
      format: fc.constantFrom(...formatNames),
      quality: fc.integer({ min: 1, max: 100 }),
      effort: fc.constantFrom('fast', 'balanced', 'small'),
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

const anyImage = fc
  .record({
    width: fc.oneof(fc.constantFrom(1, 2, 3, 640), fc.integer({ min: 1, max: 200 })),
    height: fc.oneof(fc.constantFrom(1, 2, 3, 640), fc.integer({ min: 1, max: 200 })),
    container: fc.constantFrom('png', 'jpeg', 'webp', 'gif', 'tiff', 'animated gif', 'alpha'),
    orientation: fc.integer({ min: 1, max: 8 }),
  })
  .map((image) => ({ ...image, swapsSides: image.orientation > 4 && /jpeg|tiff|webp/.test(image.container) }));

type TestImage = typeof anyImage extends fc.Arbitrary<infer T> ? T : never;

async function encode({ width, height, container, orientation }: TestImage): Promise<Buffer> {
  const opened = openImage(paintImage(width, height));
  const encoders: Record<string, () => Promise<Buffer>> = {
    png: () => opened.png().toBuffer(),
    jpeg: () => opened.withMetadata({ orientation }).jpeg().toBuffer(),
    webp: () => opened.withMetadata({ orientation }).webp({ effort: 0 }).toBuffer(),
    gif: () => opened.gif({ effort: 1 }).toBuffer(),
    tiff: () => opened.withMetadata({ orientation }).tiff().toBuffer(),
    'animated gif': () =>
      encodeAnimation('gif', { width, height }, [
        [9, 9, 9],
        [200, 9, 9],
      ]),
    alpha: () => opened.ensureAlpha(0.5).png().toBuffer(),
  };
  return (await encoders[container]?.()) ?? Buffer.alloc(0);
}

test('any valid spec and any image give a thumbnail of exactly the promised size, or an error with a code', async () => {
  await fc.assert(
    fc.asyncProperty(anyImage, fc.array(validSpec, { minLength: 1, maxLength: 3 }), async (image, inputs) => {
      const specs = parseJsonOptions({ thumbnails: inputs.map((input, at) => ({ ...input, name: `t${at}` })) }, {});
      const upright = image.swapsSides
        ? { width: image.height, height: image.width }
        : { width: image.width, height: image.height };
      const made = await render(await encode(image), specs, limits).catch((error: unknown) => codeOf(error));
      expect(made).toSatisfy((value: unknown) => typeof value !== 'string' || expectedCodes.includes(value));
      const thumbnails = typeof made === 'string' ? [] : made.thumbnails;
      const decoded = await Promise.all(thumbnails.map(({ bytes }) => decodeImage(bytes)));
      expect(decoded.map(({ width, height }) => ({ width, height }))).toEqual(
        thumbnails.map(({ spec }) => resultSize(spec, upright)),
      );
      const fits = decoded.map(
        (_, at) => (thumbnails[at]?.bytes.length ?? 0) <= (specs[at]?.maxBytes ?? Number.MAX_VALUE),
      );
      expect(fits).not.toContain(false);
    }),
    { numRuns: 120 },
  );
});

const expectedCodes = ['image_too_large', 'render_too_large'];
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

test('the promised size is that of sharp, except that a side of exactly a half is always rounded up', async () => {
  const sides = fc.integer({ min: 1, max: 300 });
  const box = fc.record({ width: side(200), height: side(200), fit: fc.constantFrom(...fits), enlarge: fc.boolean() });
  const sized = box.filter(({ width, height, fit, enlarge }) => {
    const both = width !== undefined && height !== undefined;
    // These differ from sharp on purpose: `fill` with one side, and boxes that shrink.
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

test('rejects any invalid value of an option and names that field, even beside valid ones', () => {
  const invalid = fc.oneof(
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
      fc.constantFrom('fit', 'position', 'format', 'effort'),
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
    fc.property(validSpec, invalid, (valid, [field, value]) => {
      const fields = Object.fromEntries(
        Object.entries({ ...valid, position: 'centre', animated: false, [field]: value })
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
