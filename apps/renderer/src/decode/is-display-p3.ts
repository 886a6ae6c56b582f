import type { ImageType } from '@thumbnail-api/image-probe';

const searchBytes = 65_536;
// ITU-T H.273: the primaries of SMPTE EG 432, and the curves that are sRGB's or near it.
const p3Primaries = 12;
const plainTransfers = [1, 2, 6, 13];

/**
 * Does a PNG (`cICP`) or an AVIF (`colr` of kind `nclx`) say by code points that its colours are Display P3?
 *
 * The decoder reads ICC profiles and passes over these; a profile beside them goes first.
 */
export function isDisplayP3(bytes: Buffer, type: ImageType): boolean {
  const head = bytes.subarray(0, searchBytes);
  const at = type === 'image/avif' ? head.indexOf('colrnclx', 'latin1') : head.indexOf('\0\0\0\x04cICP', 'latin1');
  if (at < 0 || at + 12 > head.length) return false;
  if (type === 'image/avif')
    return head.readUInt16BE(at + 8) === p3Primaries && plainTransfers.includes(head.readUInt16BE(at + 10));
  return type === 'image/png' && head[at + 8] === p3Primaries && plainTransfers.includes(head[at + 9] ?? 0);
}
