import type { Values } from '../load-config.ts';
import { wholeNumber } from './variables.ts';

/** The bounds of pictures, in pixels; the door and the renderer hold the same. */
export interface ImageLimits {
  /** Width x height x frames of what comes in. */
  maxPixels: number;
  /** Over all thumbnails and frames of a job. */
  maxOutputPixels: number;
}

/** The variables that bound pictures. */
export const imageVariables = {
  MAX_PIXELS: wholeNumber(1, 1_000_000_000)
    .default(50_000_000)
    .meta({ description: 'Most pixels of a picture that comes in, over all its frames.' }),
  MAX_OUTPUT_PIXELS: wholeNumber(1, 1_000_000_000)
    .default(32_000_000)
    .meta({ description: 'Most pixels that a job makes, over all thumbnails and frames.' }),
};

/** Builds the part of the configuration that the variables describe. */
export const toImageLimits = (environment: Values<typeof imageVariables>): ImageLimits => ({
  maxPixels: environment.MAX_PIXELS,
  maxOutputPixels: environment.MAX_OUTPUT_PIXELS,
});
