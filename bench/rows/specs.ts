import type { SpecPair } from '../baselines/loop-messages.ts';

// The encoder options of the renderer's `encode.ts`, so that both sides do the same work.
const encoders = {
  webp: { quality: 80 },
  jpeg: { quality: 80, mozjpeg: true },
  png: { adaptiveFiltering: true },
  avif: { quality: 55, effort: 3 },
};

/** Describes a thumbnail with `fit: cover`. */
export const cover = (width: number, height: number, format: SpecPair['options']['format']): SpecPair => ({
  options: { width, height, format },
  bare: { resize: { width, height, fit: 'cover' }, format, options: encoders[format] },
});

/** The thumbnail of the large and the small image. */
export const square = cover(200, 200, 'webp');
