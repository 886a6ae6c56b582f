import type { ByteReader } from './byte-reader.ts';
import { readOrientation } from './exif.ts';
import type { Draft } from './format-reader.ts';

const animationFlag = 0x02;
const exifFlag = 0x08;
const frameHeaderBytes = 16;

/**
 * Reads a WebP (RFC 9649) in its three shapes: lossy, lossless and extended.
 *
 * Only the extended shape has frames and an orientation, and only if its flags announce them. EXIF follows the pixels, so
 * the orientation of a large file may lie beyond the bytes.
 */
export function readWebp(reader: ByteReader, image: Draft): void {
  if (reader.text(0, 4) !== 'RIFF' || reader.text(8, 4) !== 'WEBP') return;
  image.type = 'image/webp';
  const shape = reader.text(12, 4);
  if (shape === 'VP8 ') readLossy(reader, image);
  if (shape === 'VP8L') readLossless(reader, image);
  if (shape === 'VP8X') readExtended(reader, image);
}

function readLossy(reader: ByteReader, image: Draft): void {
  const isKeyFrame = (reader.u8(20) & 1) === 0;
  if (!isKeyFrame || reader.text(23, 3) !== '\x9d\x01\x2a') return;
  const height = reader.u16(28, 'little') & 0x3fff;
  image.width = reader.u16(26, 'little') & 0x3fff;
  image.height = height;
}

function readLossless(reader: ByteReader, image: Draft): void {
  if (reader.u8(20) !== 0x2f) return;
  const sides = reader.u32(21, 'little');
  image.width = (sides & 0x3fff) + 1;
  image.height = ((sides >>> 14) & 0x3fff) + 1;
}

function readExtended(reader: ByteReader, image: Draft): void {
  const flags = reader.u8(20);
  const height = (reader.u32(26, 'little') >>> 8) + 1;
  image.width = (reader.u32(23, 'little') >>> 8) + 1;
  image.height = height;
  let frames = 0;
  for (const chunk of readChunks(reader)) {
    if (chunk.name === 'ANMF' && flags & animationFlag) {
      frames += 1;
      image.frames = frames;
    }
    if (chunk.name === 'EXIF' && flags & exifFlag) {
      image.orientation ??= readOrientation(reader.slice(chunk.from, chunk.to));
    }
  }
}

/**
 * Yields the chunks within the length that the file states, until the bytes end.
 *
 * Like decoders, it skips only the header of a frame, so that a frame with a wrong length does not hide the next ones.
 */
function* readChunks(reader: ByteReader): Generator<{ name: string; from: number; to: number }> {
  const end = 8 + reader.u32(4, 'little');
  let at = 12;
  while (at < end) {
    const name = reader.text(at, 4);
    const length = reader.u32(at + 4, 'little');
    yield { name, from: at + 8, to: Math.min(at + 8 + length, end) };
    at += 8 + (name === 'ANMF' ? frameHeaderBytes : length + (length & 1));
  }
}
