import type { ByteReader } from './byte-reader.ts';
import { readOrientation } from './exif.ts';
import type { Draft } from './format-reader.ts';

/**
 * Reads a PNG (W3C PNG, third edition): the size from IHDR, the orientation from an eXIf chunk before the pixels.
 *
 * An animated PNG counts as its default image. Apple's CgBI variant does not start with IHDR and gives no size.
 */
export function readPng(reader: ByteReader, image: Draft): void {
  if (reader.text(0, 8) !== '\x89PNG\r\n\x1a\n') return;
  image.type = 'image/png';
  if (reader.u32(8, 'big') !== 13 || reader.text(12, 4) !== 'IHDR') return;
  const height = reader.u32(20, 'big');
  image.width = reader.u32(16, 'big');
  image.height = height;
  let at = 33;
  for (;;) {
    const length = reader.u32(at, 'big');
    const name = reader.text(at + 4, 4);
    if (name === 'IDAT' || name === 'IEND') return;
    if (name === 'eXIf') {
      image.orientation = readOrientation(reader.slice(at + 8, at + 8 + length));
      return;
    }
    at += 12 + length;
  }
}
