import { type ByteReader, createByteReader, PrefixEnd } from './byte-reader.ts';
import type { Draft, FormatReader } from './format-reader.ts';
import { readGif } from './gif.ts';
import { readHeif } from './heif.ts';
import type { ImageType } from './image-types.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import type { ProbedImage } from './probed-image.ts';
import { readSvg } from './svg.ts';
import { readTiff } from './tiff.ts';
import { readWebp } from './webp.ts';

const readerOfType: Record<ImageType, FormatReader> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/webp': readWebp,
  'image/gif': readGif,
  'image/tiff': readTiff,
  'image/avif': readHeif,
  'image/heic': readHeif,
  'image/svg+xml': readSvg,
};
const readers = new Set(Object.values(readerOfType));

/**
 * Returns the type of the image that starts with `prefix` and the size it claims to have; null if the type is unsupported.
 *
 * Only the bytes decide, not a file name. A header that is cut off or contradicts itself gives a type with `null` sides.
 * Never throws. The work grows only with the length of `prefix`, by a few steps a byte at most.
 */
export function probe(prefix: Uint8Array): ProbedImage | null {
  return probeReader(createByteReader(prefix));
}

/** {@link probe} on an open reader. */
export function probeReader(reader: ByteReader): ProbedImage | null {
  for (const read of readers) {
    const image = tryFormat(read, reader);
    if (image) return image;
  }
  return null;
}

function tryFormat(read: FormatReader, reader: ByteReader): ProbedImage | null {
  const draft: Draft = { type: null, width: null, height: null, frames: 1, orientation: null };
  try {
    read(reader, draft);
  } catch (error) {
    if (!(error instanceof PrefixEnd)) throw error;
  }
  return draft.type && { ...draft, type: draft.type, orientation: draft.orientation ?? 1 };
}
