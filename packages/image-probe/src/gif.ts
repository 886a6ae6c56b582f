import type { ByteReader } from './byte-reader.ts';
import type { Draft } from './format-reader.ts';

const extension = 0x21;
const comment = 0xfe;
const imageDescriptor = 0x2c;

/**
 * Reads a GIF (87a or 89a): the logical screen, enlarged to hold every frame seen, and the number of frames seen.
 *
 * A screen smaller than its frames is legal, and decoders follow the frames.
 */
export function readGif(reader: ByteReader, image: Draft): void {
  const version = reader.text(0, 6);
  if (version !== 'GIF87a' && version !== 'GIF89a') return;
  image.type = 'image/gif';
  const height = reader.u16(8, 'little');
  image.width = reader.u16(6, 'little');
  image.height = height;
  let frames = 0;
  let at = 13 + colourTableBytes(reader.u8(10));
  for (;;) {
    const block = reader.u8(at);
    if (block === extension) at = skipExtension(reader, at);
    else if (block === imageDescriptor) {
      const frame = readFrame(reader, at);
      image.width = Math.max(image.width, frame.right);
      image.height = Math.max(image.height, frame.bottom);
      frames += 1;
      image.frames = frames;
      at = skipSubBlocks(reader, frame.dataAt);
    } else return;
  }
}

/** Returns where a frame ends on the screen, and the position of its sub-blocks. */
function readFrame(reader: ByteReader, at: number): { right: number; bottom: number; dataAt: number } {
  return {
    right: reader.u16(at + 1, 'little') + reader.u16(at + 5, 'little'),
    bottom: reader.u16(at + 3, 'little') + reader.u16(at + 7, 'little'),
    dataAt: at + 11 + colourTableBytes(reader.u8(at + 9)),
  };
}

/**
 * Returns the position after an extension.
 *
 * Every extension but a comment starts with a block of its own size. If that block is empty, it does not end the
 * extension: decoders skip it and read on, and a reader that stopped there would miss frames that they decode.
 */
function skipExtension(reader: ByteReader, at: number): number {
  const isComment = reader.u8(at + 1) === comment;
  return skipSubBlocks(reader, isComment ? at + 2 : at + 3 + reader.u8(at + 2));
}

function skipSubBlocks(reader: ByteReader, from: number): number {
  let at = from;
  for (let length = reader.u8(at); length > 0; length = reader.u8(at)) at += 1 + length;
  return at + 1;
}

const colourTableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
