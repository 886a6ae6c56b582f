import { type ByteReader, createByteReader, PrefixEnd } from './byte-reader.ts';
import type { Draft, FormatReader } from './format-reader.ts';
import { readGif } from './gif.ts';
import { readHeif } from './heif.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import type { ProbedImage } from './probed-image.ts';
import { readSvg } from './svg.ts';
import { readTiff } from './tiff.ts';
import { readWebp } from './webp.ts';

const formats: FormatReader[] = [readJpeg, readPng, readWebp, readGif, readTiff, readHeif, readSvg];

/**
 * Says what kind of image begins with `prefix` and how large it claims to be; null when it is none of ours.
 *
 * Only bytes decide, never a name. A header that is cut off or contradicts itself gives its type with `null` sides.
 * Never throws, whatever the bytes; the work grows with the length of `prefix` alone, at most a few steps a byte.
 */
export function probe(prefix: Uint8Array): ProbedImage | null {
  return probeReader(createByteReader(prefix));
}

/** {@link probe} on an open reader. */
export function probeReader(reader: ByteReader): ProbedImage | null {
  for (const read of formats) {
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
