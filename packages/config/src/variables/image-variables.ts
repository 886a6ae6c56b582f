import { type ImageType, imageMediaTypes } from '@thumbnail-api/image-probe';
import { z } from 'zod';
import type { Values } from '../load-config.ts';
import { wholeNumber } from './variables.ts';

/** The limits of images; sizes are in pixels. The API and the renderer enforce the same limits. */
export interface ImageLimits {
  /** The accepted types of originals, at least one, in the order of the table of input types. */
  types: readonly ImageType[];
  /** Width x height x frames of an original. */
  maxPixels: number;
  /** Over all thumbnails of a job and all their frames. */
  maxOutputPixels: number;
}

/** The variables that limit images. */
export const imageVariables = {
  IMAGE_TYPES: z
    .string()
    .transform((text) => text.split(',').map((type) => type.trim()))
    .pipe(z.array(z.enum(imageMediaTypes, { error: `expected some of ${imageMediaTypes.join(', ')}` })))
    .transform((types) => imageMediaTypes.filter((type) => types.includes(type)))
    .default(imageMediaTypes)
    .meta({
      description:
        'The accepted types of images, as media types separated by commas. A file of another type is rejected with 415, and no renderer decodes a stored one.',
    }),
  MAX_PIXELS: wholeNumber(1, 1_000_000_000)
    .default(50_000_000)
    .meta({ description: 'Maximum number of pixels of an uploaded image, over all its frames.' }),
  MAX_OUTPUT_PIXELS: wholeNumber(1, 1_000_000_000)
    .default(32_000_000)
    .meta({ description: 'Maximum number of pixels that a job may produce, over all its thumbnails and frames.' }),
};

/** Builds {@link ImageLimits} from the variables. */
export const toImageLimits = (environment: Values<typeof imageVariables>): ImageLimits => ({
  types: environment.IMAGE_TYPES,
  maxPixels: environment.MAX_PIXELS,
  maxOutputPixels: environment.MAX_OUTPUT_PIXELS,
});
