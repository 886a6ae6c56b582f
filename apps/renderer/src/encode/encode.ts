import { defaultEffort, formats, type Spec } from '@thumbnail-api/thumbnail-spec';
import type { Pixels } from '../shape/pixels.ts';
import { type Animation, encoders } from './encoders.ts';
import { fitBytes } from './fit-bytes.ts';

/**
 * Encodes the pixels of a thumbnail, without any metadata and within the spec's `maxBytes`.
 *
 * @throws AppError `render_too_large` if no quality fits
 */
export function encode(
  pixels: Pixels,
  { format, quality, maxBytes, effort = defaultEffort }: Pick<Spec, 'format' | 'quality' | 'maxBytes' | 'effort'>,
  animation: Animation,
): Promise<Buffer> {
  const encodeAt = (tried: number | null) => encoders[format](pixels, { quality: tried, effort }, animation).toBuffer();
  if (maxBytes === null) return encodeAt(quality);
  return fitBytes(encodeAt, { best: quality, top: quality ?? formats[format].defaultQuality[effort], maxBytes });
}
