import type { ImageType } from '@thumbnail-api/image-probe';

const searchBytes = 65_536;
// ITU-T H.273: the primaries of SMPTE EG 432, and the transfer curves that are equal or close to that of sRGB.
const p3Primaries = 12;
const srgbTransfers = [1, 2, 6, 13];

/**
 * Says whether a PNG (`cICP`) or an AVIF (`colr` of type `nclx`) declares Display P3 by code points.
 *
 * The decoder reads ICC profiles but not these code points. If an image has both, its profile applies.
 */
export function isDisplayP3(bytes: Buffer, type: ImageType): boolean {
  const head = bytes.subarray(0, searchBytes);
  const at = type === 'image/avif' ? head.indexOf('colrnclx', 'latin1') : head.indexOf('\0\0\0\x04cICP', 'latin1');
  if (at < 0 || at + 12 > head.length) return false;
  if (type === 'image/avif')
    return head.readUInt16BE(at + 8) === p3Primaries && srgbTransfers.includes(head.readUInt16BE(at + 10));
  return type === 'image/png' && head[at + 8] === p3Primaries && srgbTransfers.includes(head[at + 9] ?? 0);
}
