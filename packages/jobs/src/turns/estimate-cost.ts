import type { ImageRow } from '@thumbnail-api/db';
import { type Format, outputPixels, type Spec } from '@thumbnail-api/thumbnail-spec';

/** What the door knows about an image. */
export type ImageFacts = Pick<ImageRow, 'type' | 'width' | 'height' | 'frames'>;

/** For each job: process messages, fetch, store, and an image of no size. */
const baseMs = 10;

/** CPU time to decode a megapixel, measured on one core with an image of 12 megapixels and a thumbnail of 200 pixels. */
const decodeMs: Record<string, number> = {
  'image/jpeg': 3,
  'image/png': 13,
  'image/webp': 17,
  'image/gif': 11,
  'image/tiff': 5,
  'image/avif': 40,
  // Decoded in WebAssembly (ADR 9).
  'image/heic': 90,
  'image/svg+xml': 13,
};
/** For a type that another version accepted. */
const unknownDecodeMs = 40;

/** CPU time to scale and encode a megapixel, measured likewise with an image of 3 megapixels. */
const encodeMs: Record<Format, number> = { webp: 125, jpeg: 135, png: 75, avif: 490 };

/** `maxBytes` encodes up to nine times, usually four or five. */
const searchFactor = 5;
/** For a job that an older version created: a photo, and a thumbnail of usual size. */
export const unknownCostMs = 100;
/** For an image whose header does not tell: that of a camera. */
const unknownSize = { width: 4_000, height: 3_000 };

/**
 * Estimates how long a renderer is occupied by a job, in milliseconds, at least 1. A wrong estimate is corrected when the job
 * has run.
 */
export function estimateCostMs({ type, width, height, frames }: ImageFacts, specs: readonly Spec[]): number {
  const size = width === null || height === null ? unknownSize : { width, height };
  const framesDecoded = specs.some(({ animated }) => animated) ? frames : 1;
  const decoded = (size.width * size.height * framesDecoded * (decodeMs[type] ?? unknownDecodeMs)) / 1e6;
  const encoded = specs.reduce((sum, spec) => {
    const pixels = outputPixels(spec, { ...size, frames });
    return sum + (pixels * encodeMs[spec.format] * (spec.maxBytes === null ? 1 : searchFactor)) / 1e6;
  }, 0);
  return Math.max(1, Math.round(baseMs + decoded + encoded));
}
