import type { ByteReader } from './byte-reader.ts';

/** A box of the ISO base media file format: its type of four letters, and where its content starts and ends. */
export interface IsoBox {
  type: string;
  from: number;
  to: number;
}

/** The most boxes read on one level: far more than real files have, and cheap to read. */
const boxesMax = 4096;

/**
 * Yields the first 4 096 boxes of one level (ISO/IEC 14496-12, 4.2).
 *
 * The last one may end beyond the reader. Stops at a box that is smaller than its own header, so that every step moves
 * forward.
 */
export function* readBoxes(reader: ByteReader): Generator<IsoBox> {
  let at = 0;
  for (let boxes = 0; boxes < boxesMax && at + 8 <= reader.length; boxes += 1) {
    const shortSize = reader.u32(at, 'big');
    const isLong = shortSize === 1;
    if (isLong && at + 16 > reader.length) return;
    const size = isLong ? reader.u64(at + 8, 'big') : shortSize || reader.length - at;
    const from = at + (isLong ? 16 : 8);
    const to = at + size;
    if (to < from) return;
    yield { type: reader.text(at + 4, 4), from, to };
    at = to;
  }
}

/** Returns the content of the first box of a type, or null if there is none. */
export function findBox(reader: ByteReader, type: string): ByteReader | null {
  for (const box of readBoxes(reader)) {
    if (box.type === type) return reader.slice(box.from, box.to);
  }
  return null;
}
