import { type ByteReader, PrefixEnd } from './byte-reader.ts';
import type { Orientation } from './probed-image.ts';
import { findTiffHeader, readTags } from './tiff-tags.ts';

const orientationTag = 274;

/**
 * Returns the orientation in a block of EXIF data; 1 if it is missing, invalid or cut off.
 *
 * The block is a TIFF, with or without the prefix `Exif\0\0`, as JPEG, PNG and WebP contain it.
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

/** Returns the number as an orientation, or 1 if it is out of range. */
export function toOrientation(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
