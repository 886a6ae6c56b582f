import { AppError } from '@thumbnail-api/errors';
import { svgMaxBytes } from '../limit-libvips.ts';

/**
 * Lets an SVG through only as plain XML of at most 1 MB without a DOCTYPE, and so without entities of its own.
 *
 * @throws AppError `image_too_large` or `unsupported_media_type`
 */
export function assertPlainSvg(bytes: Uint8Array): void {
  if (bytes.byteLength > svgMaxBytes)
    throw new AppError('image_too_large', `An SVG may have ${svgMaxBytes} bytes; this one has ${bytes.byteLength}.`);
  // Without the zeros of UTF-16, so that no encoding hides the word.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replaceAll('\0', '');
  if (/<!doctype/i.test(text))
    throw new AppError('unsupported_media_type', 'An SVG with a DOCTYPE is not taken: save it without one.');
}
