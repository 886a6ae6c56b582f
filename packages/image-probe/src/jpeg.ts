import type { ByteReader } from './byte-reader.ts';
import { readOrientation } from './exif.ts';
import type { Draft } from './format-reader.ts';

const startOfScan = 0xda;
const endOfImage = 0xd9;
const app1 = 0xe1;

/**
 * Reads a JPEG (ITU-T T.81, annex B): the size from its first frame header, the orientation from its first EXIF segment.
 *
 * Like decoders, it skips fill bytes and junk between segments, and stops at the scan.
 */
export function readJpeg(reader: ByteReader, image: Draft): void {
  if (reader.text(0, 3) !== '\xff\xd8\xff') return;
  image.type = 'image/jpeg';
  let at = 2;
  for (;;) {
    at = findMarker(reader, at);
    const marker = reader.u8(at);
    at += 1;
    if (marker === startOfScan || marker === endOfImage) return;
    if (isStandalone(marker)) continue;
    // Two bytes are the length field itself. For less than that, decoders assume an empty segment.
    const length = Math.max(reader.u16(at, 'big'), 2);
    if (isFrameHeader(marker)) readFrameHeader(reader.slice(at + 2, at + length), image);
    if (marker === app1) readApp1(reader.slice(at + 2, at + length), image);
    at += length;
  }
}

function readFrameHeader(segment: ByteReader, image: Draft): void {
  const height = segment.u16(1, 'big');
  const width = segment.u16(3, 'big');
  image.width ??= width;
  image.height ??= height;
}

function readApp1(segment: ByteReader, image: Draft): void {
  if (image.orientation !== null || segment.length < 6 || segment.text(0, 6) !== 'Exif\0\0') return;
  image.orientation = readOrientation(segment);
}

/** Returns the position of the code of the next marker. */
function findMarker(reader: ByteReader, from: number): number {
  let at = from;
  for (;;) {
    while (reader.u8(at) !== 0xff) at += 1;
    while (reader.u8(at) === 0xff) at += 1;
    if (reader.u8(at) !== 0) return at;
  }
}

/** TEM, restart markers and a repeated start of image have no length. */
const isStandalone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** SOF0 to SOF15, without 0xc4, 0xc8 and 0xcc, which are tables and an extension. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
