import type { ByteReader } from './byte-reader.ts';

/** A box of the ISO base media file format: its four letters, and where its content begins and ends. */
export interface IsoBox {
  type: string;
  from: number;
  to: number;
}

/** How many boxes of one level are looked at: far above real files, and little work. */
const boxesMax = 4096;

/**
 * The first 4 096 boxes that follow each other in `reader`, one level deep (ISO/IEC 14496-12, 4.2).
 *
 * The last one may end beyond the reader. Stops at a box smaller than its own header: every step goes forward.
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

/** The content of the first box of a type in `reader`; null when there is none. */
export function findBox(reader: ByteReader, type: string): ByteReader | null {
  for (const box of readBoxes(reader)) {
    if (box.type === type) return reader.slice(box.from, box.to);
  }
  return null;
}
