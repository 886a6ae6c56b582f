import type { Values } from '../load-config.ts';
import { wholeNumber } from './variables.ts';

/** The size limits of images, in pixels. The API and the renderer enforce the same limits. */
export interface ImageLimits {
  /** Width x height x frames of an original. */
  maxPixels: number;
  /** Over all thumbnails of a job and all their frames. */
  maxOutputPixels: number;
}

/** The variables that limit the size of images. */
export const imageVariables = {
  MAX_PIXELS: wholeNumber(1, 1_000_000_000)
    .default(50_000_000)
    .meta({ description: 'Maximum number of pixels of an uploaded image, over all its frames.' }),
  MAX_OUTPUT_PIXELS: wholeNumber(1, 1_000_000_000)
    .default(32_000_000)
    .meta({ description: 'Maximum number of pixels that a job may produce, over all its thumbnails and frames.' }),
};

/** Builds {@link ImageLimits} from the variables. */
export const toImageLimits = (environment: Values<typeof imageVariables>): ImageLimits => ({
  maxPixels: environment.MAX_PIXELS,
  maxOutputPixels: environment.MAX_OUTPUT_PIXELS,
});
