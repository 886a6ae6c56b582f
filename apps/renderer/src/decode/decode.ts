import type { Size } from '@thumbnail-api/thumbnail-spec';
import sharp, { type Sharp } from 'sharp';
import { type Pixels, toPixels } from '../shape/pixels.ts';
import { imageCorrupt } from './image-corrupt.ts';
import { orientFrames } from './orient-frames.ts';
import type { SourceImage } from './source-image.ts';

/** What is wanted of the one decode. */
export interface Decoding {
  /** Upright size of a frame, in pixels; what is smaller than the picture lets the decoder skip work. */
  size: Size;
  /** All frames, or the first alone. */
  animated: boolean;
  /** As for the job: the decoder refuses more. */
  maxPixels: number;
}

/**
 * Decodes a picture once: upright, in sRGB by its profile, at `size`, all of it, so that damage anywhere is found.
 *
 * @throws AppError `image_corrupt`
 */
export async function decode(picture: SourceImage, { size, animated, maxPixels }: Decoding): Promise<Pixels> {
  const frames = animated ? picture.frames : 1;
  const turnsFrames = frames > 1 && picture.orientation > 1;
  const stored = turnsFrames && picture.orientation > 4 ? { width: size.height, height: size.width } : size;
  try {
    const opened = sharp(picture.bytes, {
      failOn: 'error',
      limitInputPixels: maxPixels,
      autoOrient: !turnsFrames,
      pages: frames,
    });
    const pixels = await toPixels(toSrgb(opened, picture).resize({ ...stored, fit: 'fill' }), frames);
    return turnsFrames ? await orientFrames(pixels, picture.orientation) : pixels;
  } catch (error) {
    throw imageCorrupt(error);
  }
}

// With 16 bits a channel sharp works in Display P3: what has a profile is brought there and would be left there, and
// what has none is taken to be there already.
function toSrgb(pipeline: Sharp, { deepProfile, displayP3 }: SourceImage): Sharp {
  if (displayP3) return pipeline.pipelineColourspace('rgb16').withIccProfile('srgb');
  return deepProfile ? pipeline.withIccProfile('srgb') : pipeline;
}
