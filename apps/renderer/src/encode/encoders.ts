import { type Effort, type Format, formats } from '@thumbnail-api/thumbnail-spec';
import type { Sharp } from 'sharp';
import type { SourceImage } from '../decode/source-image.ts';
import { openPixels, type Pixels } from '../shape/pixels.ts';

/** How an animation plays. */
export type Animation = Pick<SourceImage, 'delay' | 'loop'>;

/** How an image is encoded. */
export interface Encoding {
  /** Null means the format's default. */
  quality: number | null;
  effort: Effort;
}

/** Encodes pixels without metadata. */
type Encoder = (pixels: Pixels, encoding: Encoding, animation: Animation) => Sharp;

// The figures behind these tables are in docs/performance.md.
const webpEfforts = { fast: 2, balanced: 4, small: 6 };
const jpegEfforts = { fast: { optimiseCoding: false }, balanced: {}, small: { mozjpeg: true } };
const pngLevels = { fast: 3, balanced: 6, small: 8 };
const paletteEfforts = { fast: 1, balanced: 3, small: 5 };
const avifEfforts = { fast: 1, balanced: 3, small: 4 };

/** The encoder of each output format. */
export const encoders: Record<Format, Encoder> = {
  webp: (pixels, encoding, animation) =>
    openPixels(pixels).webp({
      quality: qualityOf('webp', encoding),
      effort: webpEfforts[encoding.effort],
      ...(pixels.frames > 1 && toWebpAnimation(animation)),
    }),

  jpeg: (pixels, encoding) =>
    openPixels(pixels).jpeg({ quality: qualityOf('jpeg', encoding), ...jpegEfforts[encoding.effort] }),

  // Lossless by default. With a quality it gets a palette of as few of 256 colours as that quality needs.
  png: (pixels, { quality, effort }) =>
    openPixels(pixels).png(
      quality === null
        ? { adaptiveFiltering: true, compressionLevel: pngLevels[effort] }
        : { quality, palette: true, effort: paletteEfforts[effort] },
    ),

  avif: (pixels, encoding) =>
    openPixels(pixels).avif({ quality: qualityOf('avif', encoding), effort: avifEfforts[encoding.effort] }),
};

const qualityOf = (format: Format, { quality, effort }: Encoding) => quality ?? formats[format].defaultQuality[effort];

const toWebpAnimation = ({ delay, loop }: Animation) => ({ loop, ...(delay.length > 0 && { delay }) });
