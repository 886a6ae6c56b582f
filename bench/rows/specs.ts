import type { SpecPair } from '../baselines/loop-messages.ts';

/** The `effort` of a spec. */
export type Effort = 'fast' | 'balanced' | 'small';

/** The options of the renderer's encoders without a quality, so that both sides do the same work. */
export const encoders: Record<SpecPair['options']['format'], Record<Effort, object>> = {
  webp: { fast: { quality: 81, effort: 2 }, balanced: { quality: 80 }, small: { quality: 81, effort: 6 } },
  jpeg: {
    fast: { quality: 75, optimiseCoding: false },
    balanced: { quality: 75 },
    small: { quality: 80, mozjpeg: true },
  },
  png: {
    fast: { adaptiveFiltering: true, compressionLevel: 3 },
    balanced: { adaptiveFiltering: true },
    small: { adaptiveFiltering: true, compressionLevel: 8 },
  },
  avif: { fast: { quality: 57, effort: 1 }, balanced: { quality: 55, effort: 3 }, small: { quality: 54, effort: 4 } },
};

/** Describes a thumbnail with `fit: cover`. */
export const cover = (width: number, height: number, format: SpecPair['options']['format']): SpecPair => ({
  options: { width, height, format },
  bare: { resize: { width, height, fit: 'cover' }, format, options: encoders[format].balanced },
});

/** The same thumbnail, with an encoder as sharp sets it by default. */
export const withDefaults = ({ options, bare }: SpecPair): SpecPair => ({ options, bare: { ...bare, options: {} } });

/** The thumbnail of the large and the small image. */
export const square = cover(200, 200, 'webp');
