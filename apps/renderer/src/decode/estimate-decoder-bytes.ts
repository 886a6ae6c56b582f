import type { Metadata } from 'sharp';

/**
 * Estimates how many bytes the decoder holds at once for an image that it cannot decode line by line: progressive JPEG,
 * interlaced PNG, WebP and AVIF. Returns 0 for every other image. The factors were measured on 50 million pixels of each.
 */
export function estimateDecoderBytes({ format, width, height, depth, channels, ...metadata }: Metadata): number {
  const pixels = width * height;
  const is16Bit = depth === 'ushort';
  if (format === 'heif') return pixels * (is16Bit ? 24 : 18);
  if (format === 'webp') return pixels * 4;
  if (!metadata.isProgressive) return 0;
  if (format === 'png') return pixels * channels * (is16Bit ? 2 : 1);
  return format === 'jpeg' ? pixels * coefficientBytes(metadata.chromaSubsampling, channels) : 0;
}

/** Bytes per pixel of the coefficients of a JPEG. */
function coefficientBytes(subsampling: string | undefined, channels: number): number {
  const chroma = subsampling?.startsWith('4:2:0') ? 0.5 : subsampling?.startsWith('4:2:2') ? 1 : 2;
  return channels < 3 ? 2 : 2 * (channels - 2 + chroma);
}
