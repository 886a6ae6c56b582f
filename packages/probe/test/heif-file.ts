import { bytes, type Part, u16, u32 } from './bytes.ts';

/** A box of four letters around its content. */
export function box(type: string, ...content: Part[]): Uint8Array {
  const body = bytes(...content);
  return bytes(u32(body.length + 8), type, body);
}

/** What a {@link heifFile} is made of. */
export interface HeifParts {
  major: string;
  compatible?: string[];
  /** The item types, numbered from 1; the first is the primary item. */
  items?: string[];
  /** The properties in the order of `ipco`. */
  properties?: Uint8Array[];
  /** For each item the numbers of its properties, counted from 1. */
  associations?: number[][];
}

/** A HEIF file of headers alone. */
export function heifFile({
  major,
  compatible = [],
  items = [],
  properties = [],
  associations = [],
}: HeifParts): Uint8Array {
  const entries = items.map((type, index) => box('infe', [2, 0, 0, 0], u16(index + 1), u16(0), type, [0]));
  const links = associations.flatMap((list, index) => [...u16(index + 1), list.length, ...list]);
  return bytes(
    box('ftyp', major, u32(0), ...compatible),
    box(
      'meta',
      u32(0),
      box('hdlr', u32(0), u32(0), 'pict', new Uint8Array(13)),
      box('pitm', u32(0), u16(1)),
      box('iinf', u32(0), u16(items.length), ...entries),
      box('iprp', box('ipco', ...properties), box('ipma', u32(0), u32(associations.length), links)),
    ),
  );
}

/** The size of an item before its transformations. */
export const ispe = (width: number, height: number): Uint8Array => box('ispe', u32(0), u32(width), u32(height));

/** A rotation to the left by quarter turns. */
export const irot = (quarters: number): Uint8Array => box('irot', [quarters]);

/** A mirroring: 0 exchanges top and bottom, 1 left and right. */
export const imir = (axis: number): Uint8Array => box('imir', [axis]);
