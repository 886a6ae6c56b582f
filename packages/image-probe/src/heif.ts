import type { ByteReader } from './byte-reader.ts';
import type { Draft } from './format-reader.ts';
import { readPrimaryItem } from './heif-primary-item.ts';
import type { ImageType } from './image-types.ts';
import { findBox, readBoxes } from './iso-boxes.ts';

const avifBrands = ['avif', 'avis'];
const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
/** Brands of the container format. The other brands and the items say what a file contains. */
const containerBrands = ['mif1', 'mif2', 'msf1', 'miaf'];

const compatibleBrandsMax = 64;

const typeOfItem = new Map<string, ImageType>([
  ['av01', 'image/avif'],
  ['hvc1', 'image/heic'],
  ['hev1', 'image/heic'],
  ['lhv1', 'image/heic'],
]);

/**
 * Reads AVIF and HEIC (ISO/IEC 23008-12). The codec of the items decides between the two, or the brands if there are no
 * items in the bytes.
 *
 * The size is that of the primary item, or of the whole grid, before rotation and cropping. Rotation and mirroring become
 * the orientation; EXIF is ignored, because decoders must not apply it to these files. A sequence without a still image
 * has no size, and neither has a file with an incomplete `meta` box. Other files in the same container, such as videos,
 * are not recognised.
 */
export function readHeif(reader: ByteReader, image: Draft): void {
  if (reader.text(4, 4) !== 'ftyp') return;
  const [major = '', ...compatible] = readBrands(reader);
  const known = [...avifBrands, ...heicBrands, ...containerBrands];
  if (!known.includes(major)) return;
  image.type = typeOfBrand(major) ?? compatible.map(typeOfBrand).find((type) => type !== null) ?? null;
  const meta = findMeta(reader);
  if (!meta) return;
  image.type = findCodec(meta.boxes) ?? image.type;
  if (image.type && meta.isWhole) readPrimaryItem(meta.boxes, image);
}

/** Returns the major brand, then the first compatible brands, without the minor version between them. */
function readBrands(reader: ByteReader): string[] {
  const end = Math.min(reader.u32(0, 'big'), reader.length, 16 + 4 * compatibleBrandsMax);
  const brands = [reader.text(8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(reader.text(at, 4));
  return brands;
}

function typeOfBrand(brand: string): ImageType | null {
  if (avifBrands.includes(brand)) return 'image/avif';
  return heicBrands.includes(brand) ? 'image/heic' : null;
}

/** Returns the content of the first `meta` box. If it is cut off, the sizes in it may not be those of the primary item. */
function findMeta(reader: ByteReader): { boxes: ByteReader; isWhole: boolean } | null {
  for (const { type, from, to } of readBoxes(reader)) {
    if (type === 'meta') return { boxes: reader.slice(from + 4, to), isWhole: to <= reader.length };
  }
  return null;
}

/** Returns the type of the first item with pixels in a supported codec. */
function findCodec(meta: ByteReader): ImageType | null {
  const list = findBox(meta, 'iinf');
  if (!list) return null;
  const entries = list.slice(list.u8(0) === 0 ? 6 : 8, list.length);
  for (const { type, from, to } of readBoxes(entries)) {
    const codec = type === 'infe' ? typeOfItem.get(readItemType(entries.slice(from, to))) : undefined;
    if (codec) return codec;
  }
  return null;
}

/** Returns the four letters of an item's type, or an empty string for versions without one. */
function readItemType(entry: ByteReader): string {
  const version = entry.u8(0);
  if (version !== 2 && version !== 3) return '';
  return entry.text(version === 2 ? 8 : 10, 4);
}
