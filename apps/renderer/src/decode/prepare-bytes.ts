import type { ImageType } from '@thumbnail-api/image-probe';
import { assertMemory, assertPixels, type DecodeLimits } from './assert-limits.ts';
import { dropPngText } from './drop-png-text.ts';
import { unpackHeic } from './unpack-heic.ts';

// Measured: what libheif holds for an image, and the TIFF that comes out.
const heicBytesPerPixel = 12;

/**
 * Converts an original that libvips cannot read, or cannot read safely, to one that it can; returns every other original
 * unchanged.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`
 */
export async function prepareBytes(original: Buffer, type: ImageType, limits: DecodeLimits): Promise<Buffer> {
  if (type === 'image/png') return dropPngText(original);
  if (type !== 'image/heic') return original;
  return await unpackHeic(original, ({ width, height }) => {
    assertPixels({ width, height, frames: 1 }, limits.maxPixels);
    const decoderBytes = width * height * heicBytesPerPixel;
    assertMemory({ bytes: original, decoderBytes }, { width: 0, height: 0, frames: 0 }, limits.memoryBytes);
  });
}
