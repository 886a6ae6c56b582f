import { type Format, formats } from '@thumbnail-api/thumbnail-spec';
import type { Sharp } from 'sharp';
import type { SourceImage } from '../decode/source-image.ts';
import { openPixels, type Pixels } from '../shape/pixels.ts';

/** How an animation plays. */
export type Animation = Pick<SourceImage, 'delay' | 'loop'>;

/** Encodes pixels without metadata. `quality` null means the format's default. */
type Encoder = (pixels: Pixels, quality: number | null, animation: Animation) => Sharp;

/** The encoder of each output format. */
export const encoders: Record<Format, Encoder> = {
  webp: (pixels, quality, animation) =>
    openPixels(pixels).webp({
      quality: quality ?? formats.webp.defaultQuality,
      ...(pixels.frames > 1 && toWebpAnimation(animation)),
    }),

  jpeg: (pixels, quality) =>
    openPixels(pixels).jpeg({ quality: quality ?? formats.jpeg.defaultQuality, mozjpeg: true }),

  // Lossless by default. With a quality it gets a palette of as few of 256 colours as that quality needs.
  png: (pixels, quality) =>
    openPixels(pixels).png(quality === null ? { adaptiveFiltering: true } : { quality, palette: true, effort: 3 }),

  // With effort 4 it takes six times as long for 6 % fewer bytes.
  avif: (pixels, quality) => openPixels(pixels).avif({ quality: quality ?? formats.avif.defaultQuality, effort: 3 }),
};

const toWebpAnimation = ({ delay, loop }: Animation) => ({ loop, ...(delay.length > 0 && { delay }) });
