import type { ByteOrder, ByteReader } from './byte-reader.ts';

/** How a TIFF writes its numbers. */
export interface TiffHeader {
  order: ByteOrder;
  /** BigTIFF, with offsets and counts of 64 bits. */
  big: boolean;
}

const headers: Record<string, TiffHeader> = {
  'II*\0': { order: 'little', big: false },
  'MM\0*': { order: 'big', big: false },
  'II+\0': { order: 'little', big: true },
  'MM\0+': { order: 'big', big: true },
};

/**
 * Returns the header that the first four bytes give; null if they are not those of a TIFF.
 *
 * @throws PrefixEnd for fewer than four bytes
 */
export function findTiffHeader(reader: ByteReader): TiffHeader | null {
  return headers[reader.text(0, 4)] ?? null;
}

/**
 * Yields the whole numbers in the first directory of a TIFF, in the order of the file (TIFF 6.0, section 2).
 *
 * Skips entries of other types, and entries whose values are stored outside the directory. Reads no other directory, so a
 * chain of directories cannot loop.
 *
 * @throws PrefixEnd where the directory goes beyond the bytes, after the entries before
 */
export function* readTags(reader: ByteReader, header: TiffHeader): Generator<{ tag: number; value: number }> {
  const { order, big } = header;
  const directory = big ? reader.u64(8, order) : reader.u32(4, order);
  const entries = big ? reader.u64(directory, order) : reader.u16(directory, order);
  const firstEntry = directory + (big ? 8 : 2);
  const entryBytes = big ? 20 : 12;
  for (let entry = 0; entry < entries; entry += 1) {
    const at = firstEntry + entry * entryBytes;
    const count = big ? reader.u64(at + 4, order) : reader.u32(at + 4, order);
    const value = readValue(reader, at, count, header);
    if (value !== null) yield { tag: reader.u16(at, order), value };
  }
}

/** Returns the first value of an entry; null unless all its values are stored in the entry itself. */
function readValue(reader: ByteReader, at: number, count: number, { order, big }: TiffHeader): number | null {
  const type = reader.u16(at + 2, order);
  const bytes = bytesOfType[type];
  if (bytes === undefined || count < 1 || count * bytes > (big ? 8 : 4)) return null;
  const valueAt = at + (big ? 12 : 8);
  if (bytes === 1) return reader.u8(valueAt);
  if (bytes === 2) return reader.u16(valueAt, order);
  return bytes === 4 ? reader.u32(valueAt, order) : reader.u64(valueAt, order);
}

/** BYTE, SHORT, LONG, their signed versions, and LONG8. */
const bytesOfType: Record<number, number> = { 1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 16: 8 };
