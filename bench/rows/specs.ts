import type { SpecPair } from '../baselines/loop-order.ts';

// What `encode.ts` of the renderer tells sharp: the same work on both sides.
const encoders = {
  webp: { quality: 80 },
  jpeg: { quality: 80, mozjpeg: true },
  png: { adaptiveFiltering: true },
  avif: { quality: 55, effort: 3 },
};

/** A thumbnail that covers its box. */
export const cover = (width: number, height: number, format: SpecPair['options']['format']): SpecPair => ({
  options: { width, height, format },
  bare: { resize: { width, height, fit: 'cover' }, format, options: encoders[format] },
});

/** What is asked of the large and of the small picture. */
export const square = cover(200, 200, 'webp');
