import type { Size } from '@thumbnail-api/thumbnail-spec';
import { boxPixels } from './box-pixels.ts';
import { openPixels, type Pixels, toPixels } from './pixels.ts';
import { type Plan, scaleSize } from './plan.ts';

// With more pixels than this over all frames, what would be cropped away is not made first.
const scaledMaxPixels = 32_000_000;

/** Makes of the decoded picture the pixels of one thumbnail: scaled, then cropped or padded to exactly its size. */
export async function shape(master: Pixels, { spec, size, scaled }: Plan): Promise<Pixels> {
  const grows = scaled.width * scaled.height > master.width * master.height;
  if (!grows || scaled.width * scaled.height * master.frames <= scaledMaxPixels)
    return boxPixels(await scalePixels(master, scaled), spec, size);
  const part = scaleSize(size, Math.min(master.width / scaled.width, master.height / scaled.height));
  return scalePixels(await boxPixels(master, spec, part), size);
}

function scalePixels(pixels: Pixels, { width, height }: Size): Promise<Pixels> | Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  return toPixels(openPixels(pixels).resize(width, height, { fit: 'fill' }), pixels.frames);
}
