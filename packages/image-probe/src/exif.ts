import { type ByteReader, PrefixEnd } from './byte-reader.ts';
import type { Orientation } from './probed-image.ts';
import { findTiffHeader, readTags } from './tiff-tags.ts';

const orientationTag = 274;

/**
 * The orientation that a block of EXIF data gives; 1 when it gives none, a wrong one, or is cut off before it.
 *
 * The block is a TIFF with or without `Exif\0\0` before it, as JPEG, PNG and WebP carry it.
 */
export function readOrientation(exif: ByteReader): Orientation {
  try {
    const tiff = exif.text(0, 6) === 'Exif\0\0' ? exif.slice(6, exif.length) : exif;
    const header = findTiffHeader(tiff);
    if (!header || header.big) return 1;
    for (const { tag, value } of readTags(tiff, header)) {
      if (tag === orientationTag) return toOrientation(value);
    }
  } catch (error) {
    if (!(error instanceof PrefixEnd)) throw error;
  }
  return 1;
}

/** The number as an orientation; 1 when it is none. */
export function toOrientation(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
