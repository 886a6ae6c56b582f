import type { ImageType } from '@thumbnail-api/image-probe';
import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import { isPreviewEnough } from '../shape/is-preview-enough.ts';
import { assertMemory, assertPixels, type DecodeLimits } from './assert-limits.ts';
import { dropPngText } from './drop-png-text.ts';
import { freeBeforeDecode } from './free-before-decode.ts';
import { unpackHeic } from './unpack-heic.ts';

// Measured: what libheif holds for an image, and the TIFF that comes out.
const heicBytesPerPixel = 12;

/** The bytes that libvips reads in place of an original. */
export interface PreparedBytes {
  bytes: Buffer;
  /** The upright size of the image, if the bytes may be of a smaller preview. */
  size?: Size;
}

/**
 * Converts an original that libvips cannot read, or cannot read safely, to one that it can; returns every other original
 * unchanged.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`
 */
export async function prepareBytes(
  original: Buffer,
  type: ImageType,
  specs: readonly Spec[],
  limits: DecodeLimits,
): Promise<PreparedBytes> {
  if (type === 'image/png') return { bytes: dropPngText(original) };
  if (type !== 'image/heic') return { bytes: original };
  const { tiff, size } = await unpackHeic(original, {
    assertImage: (image) => assertPixels({ ...image, frames: 1 }, limits.maxPixels),
    isEnough: (preview, image) => isPreviewEnough(preview, image, specs),
    assertDecoded: ({ width, height }) => {
      const decoderBytes = width * height * heicBytesPerPixel;
      assertMemory({ bytes: original, decoderBytes }, { width: 0, height: 0, frames: 0 }, limits.memoryBytes);
      // The instance of an earlier HEIC holds the memory of its image until it is collected.
      freeBeforeDecode(decoderBytes);
    },
  });
  return { bytes: tiff, size };
}
