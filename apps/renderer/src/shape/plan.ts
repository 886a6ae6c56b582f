import { resultSize, type Size, type Spec } from '@thumbnail-api/thumbnail-spec';
import { vectorMaxSidePx } from '../limit-libvips.ts';

// As many pixels as the largest thumbnail has.
const vectorMaxPixels = 4096 * 4096;

/** How a spec is carried out on one picture. */
export interface Plan {
  spec: Spec;
  /** The exact size of the thumbnail. */
  size: Size;
  /** The size that the whole picture is scaled to, before it is cropped to `size` or padded to it. */
  scaled: Size;
}

/** Says how each spec is carried out on an upright picture of that size. */
export function planThumbnail(spec: Spec, source: Size): Plan {
  const size = resultSize(spec, source);
  return { spec, size, scaled: scaleFor(spec, size, source) };
}

/**
 * The size at which a picture is decoded once for all plans: as large as the largest needs it, never enlarged.
 *
 * A vector picture may be enlarged, in its own proportions, to 4096 x 4096 pixels or as many in another shape.
 */
export function masterSize(plans: readonly Plan[], source: Size, vector: boolean): Size {
  const width = Math.max(...plans.map((plan) => plan.scaled.width));
  const height = Math.max(...plans.map((plan) => plan.scaled.height));
  if (!vector) return { width: Math.min(width, source.width), height: Math.min(height, source.height) };
  const wanted = Math.max(width / source.width, height / source.height);
  const bySide = vectorMaxSidePx / Math.max(source.width, source.height);
  const byArea = Math.sqrt(vectorMaxPixels / (source.width * source.height));
  const factor = Math.min(wanted, bySide, byArea);
  // Rounded up, a thin picture would be drawn much larger than that along its other side.
  return {
    width: Math.max(1, Math.floor(source.width * factor)),
    height: Math.max(1, Math.floor(source.height * factor)),
  };
}

/** Both sides by the same factor, each at least 1. */
export const scaleSize = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.round(width * factor)),
  height: Math.max(1, Math.round(height * factor)),
});

function scaleFor({ fit }: Spec, size: Size, source: Size): Size {
  if (fit !== 'cover' && fit !== 'contain') return size;
  const wider = size.width * source.height >= size.height * source.width;
  const byWidth = fit === 'cover' ? wider : !wider;
  return byWidth
    ? { width: size.width, height: Math.max(1, Math.round((source.height * size.width) / source.width)) }
    : { width: Math.max(1, Math.round((source.width * size.height) / source.height)), height: size.height };
}
