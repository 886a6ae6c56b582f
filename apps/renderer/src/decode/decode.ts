import sharp, { type Sharp } from 'sharp';
import { type Pixels, toPixels } from '../shape/pixels.ts';
import type { DecodePlan } from '../shape/plan-decodes.ts';
import { assertMemory, type DecodeLimits } from './assert-limits.ts';
import { freeBeforeDecode } from './free-before-decode.ts';
import { imageCorrupt } from './image-errors.ts';
import { orientFrames } from './orient-frames.ts';
import type { SourceImage } from './source-image.ts';

/**
 * Decodes the first frames of an image: upright, in sRGB, scaled to `size` and cropped. It reads all the pixels, so
 * that it finds damage anywhere in them; with a smaller `size` the decoder can skip work.
 *
 * @throws AppError `image_too_large` if memory does not suffice, `image_corrupt`
 */
export async function decode(
  source: SourceImage,
  { size, frames, crop }: Omit<DecodePlan, 'thumbnails'>,
  { maxPixels, memoryBytes }: DecodeLimits,
): Promise<Pixels> {
  assertMemory(source, { ...size, frames }, memoryBytes);
  freeBeforeDecode(source.decoderBytes);
  // sharp turns a whole column of frames, which would mix them up.
  const turnsFrames = frames > 1 && source.orientation > 1;
  const stored = turnsFrames && source.orientation > 4 ? { width: size.height, height: size.width } : size;
  try {
    const opened = sharp(source.bytes, {
      failOn: 'error',
      limitInputPixels: maxPixels,
      autoOrient: !turnsFrames,
      pages: frames,
    });
    const scaled = toSrgb(opened, source).resize({ ...stored, fit: 'fill' });
    const pixels = await toPixels(crop ? scaled.extract(crop) : scaled, frames);
    return turnsFrames ? await orientFrames(pixels, source.orientation) : pixels;
  } catch (error) {
    throw imageCorrupt(error);
  }
}

// With 16 bits per channel sharp works in Display P3: it converts an image with a profile to it and leaves it there, and
// assumes that an image without a profile is in it already.
function toSrgb(pipeline: Sharp, { has16BitProfile, isDisplayP3 }: SourceImage): Sharp {
  if (isDisplayP3) return pipeline.pipelineColourspace('rgb16').withIccProfile('srgb');
  return has16BitProfile ? pipeline.withIccProfile('srgb') : pipeline;
}
