import { AppError } from '@thumbnail-api/errors';
import { unsupportedImage } from './image-errors.ts';

/** The most bytes of an SVG. Its size in pixels says nothing about the work to render it. */
const svgMaxBytes = 1_048_576;

/** The longest side of an SVG in pixels, as it states it and as it is rendered; librsvg's limit. */
export const svgMaxSidePx = 32_767;

/**
 * Checks that an SVG is plain XML of at most 1 MB without a DOCTYPE, and so without entities of its own.
 *
 * @throws AppError `image_too_large` or `unsupported_media_type`
 */
export function assertPlainSvg(bytes: Uint8Array): void {
  if (bytes.byteLength > svgMaxBytes)
    throw new AppError(
      'image_too_large',
      `The SVG has ${bytes.byteLength} bytes; an SVG must have at most ${svgMaxBytes}.`,
    );
  // UTF-16 is searched without its zero bytes, so that the encoding cannot hide a DOCTYPE.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replaceAll('\0', '');
  if (/<!doctype/i.test(text)) throw unsupportedImage('An SVG must not have a DOCTYPE; save the file without it.');
}
