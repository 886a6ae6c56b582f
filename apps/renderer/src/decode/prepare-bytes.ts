import type { ImageType } from '@thumbnail-api/image-probe';
import type { RenderingLimits } from '../rendering-limits.ts';
import { assertPixels } from './assert-pixels.ts';
import { dropPngText } from './drop-png-text.ts';
import { assertMemory } from './held-bytes.ts';
import { unpackHeic } from './unpack-heic.ts';

/** What a picture is held against before it is decoded. */
export type InspectionLimits = Pick<RenderingLimits, 'maxPixels' | 'memoryBytes'>;

// Measured: what libheif holds of a picture, and the picture that it leaves.
const heicBytesPerPixel = 12;

/**
 * Turns what libvips cannot read, or cannot read safely, into what it can; everything else stays as it is.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`
 */
export async function prepareBytes(original: Buffer, type: ImageType, limits: InspectionLimits): Promise<Buffer> {
  if (type === 'image/png') return dropPngText(original);
  if (type !== 'image/heic') return original;
  return await unpackHeic(original, ({ width, height }) => {
    assertPixels({ width, height, frames: 1 }, limits.maxPixels);
    const heldBytes = width * height * heicBytesPerPixel;
    assertMemory({ bytes: original, heldBytes }, { width: 0, height: 0, frames: 0 }, limits.memoryBytes);
  });
}
