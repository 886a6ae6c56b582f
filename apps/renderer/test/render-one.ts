import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { type DecodedImage, decodeImage } from '@thumbnail-api/testing/images';
import { parseJsonOptions, type Spec } from '@thumbnail-api/thumbnail-spec';
import { render } from '../src/pipeline.ts';

/** The default limits of these tests. */
export const limits = {
  types: imageMediaTypes,
  maxPixels: 50_000_000,
  maxOutputPixels: 32_000_000,
  memoryBytes: 512 * 1024 ** 2,
};

/** Parses options that give one spec. */
export function toOneSpec(options: object): Spec {
  const [spec] = parseJsonOptions(options, {});
  if (!spec) throw new Error('the options give no spec');
  return spec;
}

/** Renders one thumbnail and decodes it. */
export async function renderOne(original: Buffer, options: object, otherLimits: Partial<typeof limits> = {}) {
  const { image, thumbnails } = await render(original, [toOneSpec(options)], { ...limits, ...otherLimits });
  const [thumbnail] = thumbnails;
  if (!thumbnail) throw new Error('no thumbnail was made');
  const decoded: DecodedImage = await decodeImage(thumbnail.bytes);
  return { image, thumbnail, decoded };
}
