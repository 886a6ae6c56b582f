/** Bytes: a string with one byte per character, or numbers. */
export type Part = string | readonly number[] | Uint8Array;

/** Joins the parts. */
export function bytes(...parts: Part[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );
}

/** A number of 16 bits, big-endian. */
export const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

/** A number of 32 bits, big-endian. */
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];

/** A number of 16 bits, little-endian. */
export const u16le = (value: number): number[] => u16(value).reverse();

/** A number of 32 bits, little-endian. */
export const u32le = (value: number): number[] => u32(value).reverse();

/** Returns `head`, then `unit` repeated, `length` bytes in all. */
export function repeated(head: Uint8Array, unit: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  result.set(head.subarray(0, length));
  for (let at = head.length; at < length; at += unit.length) result.set(unit.subarray(0, length - at), at);
  return result;
}

/** Returns `whole` with `part` inserted at `at`. */
export const inserted = (whole: Uint8Array, at: number, part: Uint8Array): Uint8Array =>
  bytes(whole.subarray(0, at), part, whole.subarray(at));
