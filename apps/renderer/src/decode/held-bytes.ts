import { AppError } from '@thumbnail-api/errors';
import type { Size } from '@thumbnail-api/thumbnail-spec';
import type { Metadata } from 'sharp';

// A renderer at rest, and its working space beside the pictures themselves; measured, with room to spare.
const ownBytes = 140_000_000;

/**
 * About how many bytes the decoder holds at once of a picture that it cannot work through line by line: progressive
 * JPEG, interlaced PNG, WebP and AVIF. Factors measured on 50 million pixels of each.
 */
export function findHeldBytes({ format, width, height, depth, channels, ...metadata }: Metadata): number {
  const pixels = width * height;
  const deep = depth === 'ushort';
  if (format === 'heif') return pixels * (deep ? 24 : 18);
  if (format === 'webp') return pixels * 4;
  if (!metadata.isProgressive) return 0;
  if (format === 'png') return pixels * channels * (deep ? 2 : 1);
  return format === 'jpeg' ? pixels * coefficientBytes(metadata.chromaSubsampling, channels) : 0;
}

/** Refuses a picture whose decoding would take more than `memoryBytes`, before the attempt costs a renderer its life. */
export function assertMemory(
  { bytes, heldBytes }: { bytes: Buffer; heldBytes: number },
  master: Size & { frames: number },
  memoryBytes: number,
): void {
  const needed = ownBytes + bytes.byteLength + heldBytes + master.width * master.height * master.frames * 4;
  if (heldBytes === 0 || needed <= memoryBytes) return;
  const megabytes = (count: number) => Math.round(count / 1_000_000);
  throw new AppError(
    'image_too_large',
    `The image needs about ${megabytes(needed)} MB of memory to decode; ${megabytes(memoryBytes)} MB are allowed.`,
  );
}

function coefficientBytes(subsampling: string | undefined, channels: number): number {
  const chroma = subsampling?.startsWith('4:2:0') ? 0.5 : subsampling?.startsWith('4:2:2') ? 1 : 2;
  return channels < 3 ? 2 : 2 * (channels - 2 + chroma);
}
