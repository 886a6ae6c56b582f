import type { Size } from '@thumbnail-api/thumbnail-spec';
import { cropOrPad } from './crop-or-pad.ts';
import { openPixels, type Pixels, toPixels } from './pixels.ts';
import type { ThumbnailPlan } from './plan-decodes.ts';

// Above this number of pixels over all frames, an enlarged image is cropped before it is scaled.
const scaledMaxPixels = 32_000_000;

/** Makes the pixels of one thumbnail from the decoded image: scales it, then crops or pads it to exactly its size. */
export async function shape(master: Pixels, { spec, size, scaled }: ThumbnailPlan): Promise<Pixels> {
  const grows = scaled.width * scaled.height > master.width * master.height;
  if (!grows || scaled.width * scaled.height * master.frames <= scaledMaxPixels)
    return cropOrPad(await scalePixels(master, scaled), spec, size);
  const box = scaleSize(size, Math.min(master.width / scaled.width, master.height / scaled.height));
  return scalePixels(await cropOrPad(master, spec, box), size);
}

function scalePixels(pixels: Pixels, { width, height }: Size): Promise<Pixels> | Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  return toPixels(openPixels(pixels).resize(width, height, { fit: 'fill' }), pixels.frames);
}

const scaleSize = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.round(width * factor)),
  height: Math.max(1, Math.round(height * factor)),
});
