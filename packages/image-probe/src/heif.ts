import type { ByteReader } from './byte-reader.ts';
import type { Draft } from './format-reader.ts';
import { readPrimaryItem } from './heif-primary-item.ts';
import { findBox, readBoxes } from './iso-boxes.ts';
import type { ImageType } from './probed-image.ts';

const avifBrands = ['avif', 'avis'];
const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
/** Brands of the container alone: what is inside is said by the other brands and by the items. */
const containerBrands = ['mif1', 'mif2', 'msf1', 'miaf'];

const compatibleBrandsMax = 64;

const typeOfItem = new Map<string, ImageType>([
  ['av01', 'image/avif'],
  ['hvc1', 'image/heic'],
  ['hev1', 'image/heic'],
  ['lhv1', 'image/heic'],
]);

/**
 * Reads AVIF and HEIC (ISO/IEC 23008-12). The codec of the items decides which, and the brands where no item is shown.
 *
 * The size is that of the primary item before rotation and cropping, a grid as a whole. Rotation and mirroring are given
 * as orientation; EXIF is not looked at, for these files must not be turned by it. A sequence without a still picture
 * gives no size, nor does a `meta` box that is not there whole. Films and other users of the same container are not recognised.
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

/** The major brand, then the first compatible ones; the minor version between them is left out. */
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

/** What is in the first `meta` box. One that is cut off may lack the sizes that count, and show others. */
function findMeta(reader: ByteReader): { boxes: ByteReader; isWhole: boolean } | null {
  for (const { type, from, to } of readBoxes(reader)) {
    if (type === 'meta') return { boxes: reader.slice(from + 4, to), isWhole: to <= reader.length };
  }
  return null;
}

/** The type of the first item that holds pixels in a codec of ours. */
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

/** The four letters of an item's type; nothing for the versions that have none. */
function readItemType(entry: ByteReader): string {
  const version = entry.u8(0);
  if (version !== 2 && version !== 3) return '';
  return entry.text(version === 2 ? 8 : 10, 4);
}
