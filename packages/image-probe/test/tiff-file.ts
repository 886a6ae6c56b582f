import { bytes, u16, u16le, u32, u32le } from './bytes.ts';

/** An entry of a TIFF directory: its tag, its type (3 SHORT, 4 LONG, 16 LONG8) and its single value. */
export interface TiffEntry {
  tag: number;
  type: number;
  value: number;
  count?: number;
}

/** A TIFF without pixels, with its directory at byte 8. `II` is little-endian, `MM` big-endian. */
export function tiffFile(order: 'II' | 'MM', entries: TiffEntry[]): Uint8Array {
  const [short, long] = order === 'MM' ? [u16, u32] : [u16le, u32le];
  const value = (entry: TiffEntry) => (entry.type === 4 ? long(entry.value) : [...short(entry.value), 0, 0]);
  const body = entries.flatMap((entry) => [
    ...short(entry.tag),
    ...short(entry.type),
    ...long(entry.count ?? 1),
    ...value(entry),
  ]);
  return bytes(order, short(42), long(8), short(entries.length), body, long(0));
}

/** A little-endian BigTIFF without pixels, with its directory at byte 16. */
export function bigTiffFile(entries: TiffEntry[]): Uint8Array {
  const long8 = (value: number) => [...u32le(value % 2 ** 32), ...u32le(Math.floor(value / 2 ** 32))];
  const body = entries.flatMap(({ tag, type, value, count }) => [
    ...u16le(tag),
    ...u16le(type),
    ...long8(count ?? 1),
    ...long8(value),
  ]);
  return bytes('II', u16le(43), u16le(8), u16le(0), long8(16), long8(entries.length), body, long8(0));
}

/** EXIF data with only an orientation. */
export const exifOf = (orientation: number, order: 'II' | 'MM' = 'II'): Uint8Array =>
  tiffFile(order, [{ tag: 274, type: 3, value: orientation }]);
