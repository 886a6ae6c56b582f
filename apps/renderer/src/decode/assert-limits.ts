import { AppError } from '@thumbnail-api/errors';
import type { ImageType } from '@thumbnail-api/image-probe';
import type { Size } from '@thumbnail-api/thumbnail-spec';

/** The limits of decoding. */
export interface DecodeLimits {
  /** The types that may be decoded. */
  types: readonly ImageType[];
  /** Pixels of the original over all its frames. */
  maxPixels: number;
  /** Memory of the whole process. */
  memoryBytes: number;
}

// Measured, with a margin: a renderer that is idle, and its working memory beside the images.
const processBytes = 140_000_000;

/**
 * Checks that an image has at most `maxPixels` over all its frames.
 *
 * @throws AppError `image_too_large`
 */
export function assertPixels(image: Size & { frames: number }, maxPixels: number): void {
  const pixels = image.width * image.height * image.frames;
  if (pixels > maxPixels)
    throw new AppError(
      'image_too_large',
      `The image has ${pixels} pixels over all frames; it must have at most ${maxPixels}.`,
    );
}

/**
 * Checks that an image can be decoded to `master` within `memoryBytes`, so that it does not crash the renderer. An image
 * that decodes line by line (`decoderBytes` 0) always passes.
 *
 * @throws AppError `image_too_large`
 */
export function assertMemory(
  { bytes, decoderBytes }: { bytes: Buffer; decoderBytes: number },
  master: Size & { frames: number },
  memoryBytes: number,
): void {
  const needed = processBytes + bytes.byteLength + decoderBytes + master.width * master.height * master.frames * 4;
  if (decoderBytes === 0 || needed <= memoryBytes) return;
  const megabytes = (count: number) => Math.round(count / 1_000_000);
  throw new AppError(
    'image_too_large',
    `Decoding the image needs about ${megabytes(needed)} MB of memory; the limit is ${megabytes(memoryBytes)} MB.`,
  );
}
