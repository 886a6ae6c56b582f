/** Says that a {@link ByteReader} was asked for bytes it does not have; `probe` catches it. */
export class PrefixEnd extends Error {
  override readonly name = 'PrefixEnd';
}

/** Which byte of a number comes first: the most significant (`big`) or the least (`little`). */
export type ByteOrder = 'big' | 'little';

/**
 * Reads unsigned numbers and text out of bytes, at positions counted from 0.
 *
 * @throws PrefixEnd where a read would leave the bytes, whatever the position
 */
export interface ByteReader {
  /** Number of bytes. */
  readonly length: number;
  u8(at: number): number;
  u16(at: number, order: ByteOrder): number;
  u32(at: number, order: ByteOrder): number;
  /** Exact up to 2^53, rounded above. */
  u64(at: number, order: ByteOrder): number;
  /** One character for each byte, U+0000 to U+00FF. */
  text(at: number, length: number): string;
  /** The bytes from `from` (included) to `to` (excluded), cut off at the end of this reader; no copy. */
  slice(from: number, to: number): ByteReader;
}

/** Opens a reader on `bytes`, which must not change while it is in use. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inside = (at: number, length: number): number => {
    if (at >= 0 && at + length <= bytes.length) return at;
    throw new PrefixEnd();
  };
  return {
    length: bytes.length,
    u8: (at) => view.getUint8(inside(at, 1)),
    u16: (at, order) => view.getUint16(inside(at, 2), order === 'little'),
    u32: (at, order) => view.getUint32(inside(at, 4), order === 'little'),
    u64: (at, order) => Number(view.getBigUint64(inside(at, 8), order === 'little')),
    text: (at, length) => Buffer.from(bytes.buffer, bytes.byteOffset + inside(at, length), length).toString('latin1'),
    slice: (from, to) => createByteReader(bytes.subarray(from, Math.max(from, to))),
  };
}
