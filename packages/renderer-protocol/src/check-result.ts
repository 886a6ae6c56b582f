import { findOutputFault, outputPixels, resultSize, type Spec } from '@thumbnail-api/thumbnail-spec';
import type { RenderedImage, RenderedThumbnail, RenderOrder, RenderResult } from './messages.ts';

/** A result whose thumbnails are those that an order asks for. */
export interface CheckedResult {
  image: RenderedImage;
  thumbnails: (RenderedThumbnail & { spec: Spec })[];
}

// No encoder needs more for noise at its best quality.
const bytesPerPixel = 6;
const bytesPerFrame = 128;
const bytesPerFile = 64 * 1024;

/**
 * Checks that a result is what the order asks for: number, names and sizes of the thumbnails, and no more pixels or bytes than
 * the limits allow.
 *
 * @throws Error otherwise
 */
export function checkResult({ image, thumbnails }: RenderResult, { specs, limits }: RenderOrder): CheckedResult {
  const pixels = image.width * image.height * image.frames;
  if (pixels > limits.maxPixels) throw new Error(`a renderer reported an image of ${pixels} pixels`);
  if (thumbnails.length !== specs.length) throw new Error('a renderer returned another number of thumbnails');
  const fault = findOutputFault(specs, image, limits.maxOutputPixels);
  if (fault) throw new Error(`a renderer returned thumbnails that are too large: ${fault}`);
  const checked = thumbnails.map((thumbnail, index) => {
    const spec = specs[index];
    if (spec?.name !== thumbnail.name) throw new Error('a renderer returned a thumbnail under another name');
    const { width, height } = resultSize(spec, image);
    if (thumbnail.width !== width || thumbnail.height !== height)
      throw new Error(`a renderer returned ${thumbnail.width} x ${thumbnail.height} instead of ${width} x ${height}`);
    if (thumbnail.bytes > maxBytesOf(spec, image)) throw new Error(`a renderer returned ${thumbnail.bytes} bytes`);
    return { ...thumbnail, spec };
  });
  const total = checked.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > limits.maxOutputPixels * bytesPerPixel + specs.length * bytesPerFile)
    throw new Error(`a renderer returned ${total} bytes`);
  return { image, thumbnails: checked };
}

function maxBytesOf(spec: Spec, image: RenderedImage): number {
  const frames = spec.animated ? image.frames : 1;
  const needed = outputPixels(spec, image) * bytesPerPixel + frames * bytesPerFrame + bytesPerFile;
  return Math.min(needed, spec.maxBytes ?? needed);
}
