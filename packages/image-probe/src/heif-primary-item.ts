import type { ByteReader } from './byte-reader.ts';
import type { Draft } from './format-reader.ts';
import { findBox, readBoxes } from './iso-boxes.ts';
import { mirror, turn } from './orientation.ts';

interface Property {
  type: string;
  body: ByteReader;
}

/**
 * Reads the size and the orientation of the primary item of a `meta` box (ISO/IEC 23008-12, 6.5 and 9.3).
 *
 * Transformations apply in the order of their associations. If the primary item has no size, the largest size in the file
 * is used.
 */
export function readPrimaryItem(meta: ByteReader, image: Draft): void {
  const itemProperties = findBox(meta, 'iprp');
  const container = itemProperties && findBox(itemProperties, 'ipco');
  if (!container) return;
  const properties = [...readBoxes(container)].map(({ type, from, to }) => ({ type, body: container.slice(from, to) }));
  for (const index of readAssociations(itemProperties, findPrimary(meta))) {
    const property = properties[index - 1];
    if (property) applyProperty(property, image);
  }
  if (image.width === null) applyLargestSize(properties, image);
}

function findPrimary(meta: ByteReader): number | null {
  const box = findBox(meta, 'pitm');
  if (!box) return null;
  return box.u8(0) === 0 ? box.u16(4, 'big') : box.u32(4, 'big');
}

/** Yields the properties of one item, as indexes that start at 1. */
function* readAssociations(itemProperties: ByteReader, item: number | null): Generator<number> {
  for (const { type, from, to } of readBoxes(itemProperties)) {
    if (type === 'ipma') yield* readAssociationBox(itemProperties.slice(from, to), item);
  }
}

function* readAssociationBox(box: ByteReader, item: number | null): Generator<number> {
  const idBytes = box.u8(0) === 0 ? 2 : 4;
  const indexBytes = box.u8(3) & 1 ? 2 : 1;
  const entries = box.u32(4, 'big');
  let at = 8;
  for (let entry = 0; entry < entries; entry += 1) {
    const id = idBytes === 2 ? box.u16(at, 'big') : box.u32(at, 'big');
    const first = at + idBytes + 1;
    at = first + box.u8(first - 1) * indexBytes;
    if (id !== item) continue;
    for (let next = first; next < at; next += indexBytes) {
      yield indexBytes === 2 ? box.u16(next, 'big') & 0x7fff : box.u8(next) & 0x7f;
    }
  }
}

function applyProperty({ type, body }: Property, image: Draft): void {
  const orientation = image.orientation ?? 1;
  if (type === 'irot') image.orientation = turn(orientation, (4 - (body.u8(0) & 3)) % 4);
  if (type === 'imir') image.orientation = mirror(orientation, body.u8(0) & 1 ? 'leftRight' : 'topBottom');
  if (type === 'ispe' && image.width === null) {
    const height = body.u32(8, 'big');
    image.width = body.u32(4, 'big');
    image.height = height;
  }
}

function applyLargestSize(properties: Property[], image: Draft): void {
  for (const { type, body } of properties) {
    if (type !== 'ispe') continue;
    const width = body.u32(4, 'big');
    const height = body.u32(8, 'big');
    if (image.width !== null && image.height !== null && width * height <= image.width * image.height) continue;
    image.width = width;
    image.height = height;
  }
}
