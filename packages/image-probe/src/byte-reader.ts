/** Thrown by a {@link ByteReader} when a read goes beyond its bytes; `probe` catches it. */
export class PrefixEnd extends Error {
  override readonly name = 'PrefixEnd';
}

/** Which byte of a number comes first: the most significant (`big`) or the least significant (`little`). */
export type ByteOrder = 'big' | 'little';

/**
 * Reads unsigned numbers and text from bytes, at positions counted from 0.
 *
 * @throws PrefixEnd when a read goes beyond the bytes, even at a negative position
 */
export interface ByteReader {
  /** Number of bytes. */
  readonly length: number;
  u8(at: number): number;
  u16(at: number, order: ByteOrder): number;
  u32(at: number, order: ByteOrder): number;
  /** Exact up to 2^53, rounded above. */
  u64(at: number, order: ByteOrder): number;
  /** Text of one character per byte, U+0000 to U+00FF. */
  text(at: number, length: number): string;
  /** A view of the bytes from `from` (inclusive) to `to` (exclusive), cut off at the end of this reader. */
  slice(from: number, to: number): ByteReader;
}

/** Creates a reader on `bytes`, which must not change while the reader is used. */
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
