import type { BareSpec } from '../baselines/bare-order.ts';

/** One thumbnail, as a client of the service asks for it and as bare sharp is told. */
export interface SpecPair {
  options: { width: number; height: number; format: 'webp' | 'jpeg' | 'png' };
  bare: BareSpec;
}

// What `encode.ts` of the renderer tells sharp: the same work on both sides.
const encoders = {
  webp: { quality: 80 },
  jpeg: { quality: 80, mozjpeg: true },
  png: { adaptiveFiltering: true },
};

/** A thumbnail that covers its box. */
export const cover = (width: number, height: number, format: SpecPair['options']['format']): SpecPair => ({
  options: { width, height, format },
  bare: { resize: { width, height, fit: 'cover' }, format, options: encoders[format] },
});

/** What is asked of the large and of the small picture. */
export const square = cover(200, 200, 'webp');
