import { bytes, type Part, u16, u32 } from './bytes.ts';

/** A box with a type of four letters. */
export function box(type: string, ...content: Part[]): Uint8Array {
  const body = bytes(...content);
  return bytes(u32(body.length + 8), type, body);
}

/** The contents of a {@link heifFile}. */
export interface HeifParts {
  major: string;
  compatible?: string[];
  /** The item types, numbered from 1. */
  items?: string[];
  /** The number of the primary item; 1 by default. */
  primary?: number;
  /** The properties in the order of `ipco`. */
  properties?: Uint8Array[];
  /** For each item, the indexes of its properties, from 1. */
  associations?: number[][];
  /** Whether item numbers have 32 bits instead of 16, and property indexes 15 instead of 7. */
  wide?: boolean;
}

/** A HEIF file without pixels. */
export function heifFile(parts: HeifParts): Uint8Array {
  const { major, compatible = [], items = [], primary = 1, properties = [], associations = [], wide = false } = parts;
  const id = wide ? u32 : u16;
  const entry = (type: string, index: number) => box('infe', [wide ? 3 : 2, 0, 0, 0], id(index + 1), u16(0), type, [0]);
  const links = associations.flatMap((list, index) => [
    ...id(index + 1),
    list.length,
    ...list.flatMap((property) => (wide ? u16(property | 0x8000) : [property | 0x80])),
  ]);
  const [version, flags] = wide ? [1, 1] : [0, 0];
  return bytes(
    box('ftyp', major, u32(0), ...compatible),
    box(
      'meta',
      u32(0),
      box('hdlr', u32(0), u32(0), 'pict', new Uint8Array(13)),
      box('pitm', [version, 0, 0, 0], id(primary)),
      box('iinf', [version, 0, 0, 0], id(items.length), ...items.map(entry)),
      box('iprp', box('ipco', ...properties), box('ipma', [version, 0, 0, flags], u32(associations.length), links)),
    ),
  );
}

/** The size of an item before its transformations. */
export const ispe = (width: number, height: number): Uint8Array => box('ispe', u32(0), u32(width), u32(height));

/** A rotation by quarter turns counterclockwise. */
export const irot = (quarters: number): Uint8Array => box('irot', [quarters]);

/** A mirroring: 0 swaps top and bottom, 1 left and right. */
export const imir = (axis: number): Uint8Array => box('imir', [axis]);
