import type { ByteReader } from './byte-reader.ts';
import { toOrientation } from './exif.ts';
import type { Draft } from './format-reader.ts';
import { sideMax } from './probed-image.ts';
import { findTiffHeader, readTags } from './tiff-tags.ts';

const imageWidth = 256;
const imageLength = 257;
const orientation = 274;

/** Reads the first page of a TIFF or BigTIFF in either byte order. If a tag is repeated, its first value is used. */
export function readTiff(reader: ByteReader, image: Draft): void {
  const header = findTiffHeader(reader);
  if (!header) return;
  image.type = 'image/tiff';
  for (const { tag, value } of readTags(reader, header)) {
    if (tag === imageWidth) image.width ??= Math.min(value, sideMax);
    if (tag === imageLength) image.height ??= Math.min(value, sideMax);
    if (tag === orientation) image.orientation ??= toOrientation(value);
  }
}
