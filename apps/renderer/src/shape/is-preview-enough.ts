import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import { planDecodes } from './plan-decodes.ts';

// With fewer pixels a thumbnail is visibly softer.
const factorMin = 2;

/**
 * Says whether a preview may stand for its HEIC: all specs allow it, it has the aspect ratio of the image, and at least twice
 * the width and height at which the image would be decoded.
 */
export function isPreviewEnough(preview: Size, image: Size, specs: readonly Spec[]): boolean {
  if (specs.some(({ exact }) => exact !== false)) return false;
  // A side that was rounded by up to a pixel.
  const skew = Math.abs(preview.width * image.height - preview.height * image.width);
  if (skew > Math.max(image.width, image.height)) return false;
  const plans = planDecodes(specs, { ...image, type: 'image/heic', frames: 1, orientation: 1 });
  return plans.every(
    ({ size }) => preview.width >= factorMin * size.width && preview.height >= factorMin * size.height,
  );
}
