import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import { backgroundFor } from './background.ts';
import { firstFrame, openPixels, type Pixels, toPixels } from './pixels.ts';

/** Crops a scaled picture to its box, or pads it; and puts it before its background where the format has no alpha. */
export async function boxPixels(pixels: Pixels, spec: Spec, { width, height }: Size): Promise<Pixels> {
  const flat = spec.format === 'jpeg' && pixels.channels === 4;
  const fits = pixels.width === width && pixels.height === height;
  if (fits && !flat) return pixels;
  const { position } = spec;
  const background = backgroundFor(spec);
  const opened = flat ? openPixels(pixels).flatten({ background }) : openPixels(pixels);
  if (fits) return toPixels(opened, pixels.frames);
  if (spec.fit === 'contain')
    return toPixels(opened.resize(width, height, { fit: 'contain', position, background }), pixels.frames);
  const strategic = position === 'attention' || position === 'entropy';
  const cropped =
    strategic && pixels.frames > 1
      ? opened.extract({ ...(await findCrop(firstFrame(pixels), position, { width, height })), width, height })
      : opened.resize(width, height, { fit: 'cover', position });
  return toPixels(cropped, pixels.frames);
}

/** Where the first frame would be cropped, so that all frames of an animation stand still. */
async function findCrop(frame: Pixels, position: 'attention' | 'entropy', { width, height }: Size) {
  const crop = openPixels(frame).resize(width, height, { fit: 'cover', position }).raw();
  const { info } = await crop.toBuffer({ resolveWithObject: true });
  return { left: Math.abs(info.cropOffsetLeft ?? 0), top: Math.abs(info.cropOffsetTop ?? 0) };
}
