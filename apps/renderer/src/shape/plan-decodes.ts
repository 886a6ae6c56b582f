import { imageTypes } from '@thumbnail-api/image-probe';
import { resultSize, type Size, type Spec } from '@thumbnail-api/thumbnail-spec';
import { svgMaxSidePx } from '../decode/assert-plain-svg.ts';
import type { SourceImage } from '../decode/source-image.ts';
import { placeCrop, type Region } from './place-crop.ts';

// The pixels of the largest thumbnail.
const vectorMaxPixels = 4096 * 4096;

/** How one thumbnail is made of an image. */
export interface ThumbnailPlan {
  spec: Spec;
  /** The exact size of the thumbnail. */
  size: Size;
  /** The size to which the whole image is scaled before it is cropped or padded to `size`. */
  scaled: Size;
}

/** One decode of an image, and the thumbnails that are made of it. */
export interface DecodePlan {
  frames: number;
  /** The size at which the image is decoded. */
  size: Size;
  /** The part of it that is kept, or null for all of it. */
  crop: Region | null;
  thumbnails: ThumbnailPlan[];
}

/** What a plan depends on. */
type PlannedImage = Pick<SourceImage, 'type' | 'width' | 'height' | 'frames' | 'orientation'>;

/**
 * Plans the decodes of an image: one for all thumbnails, or two if some of them keep its animation and others do not. The
 * decode of a single frame comes first.
 */
export function planDecodes(specs: readonly Spec[], source: PlannedImage): DecodePlan[] {
  const plans = specs.map((spec) => planThumbnail(spec, source));
  const byFrames = Map.groupBy(plans, ({ spec }) => (spec.animated ? source.frames : 1));
  return Array.from(byFrames)
    .sort(([frames], [others]) => frames - others)
    .map(([frames, thumbnails]) =>
      cropDecode({ frames, size: masterSize(thumbnails, source), crop: null, thumbnails }, source),
    );
}

/**
 * Crops in the decode if it is for one thumbnail that loses columns but no rows: the decoder stops after the last row that is
 * kept, and would not find damage below it. With a crop, sharp would turn an image before it scales it, at a cost.
 */
function cropDecode(plan: DecodePlan, { orientation }: PlannedImage): DecodePlan {
  const [only, another] = plan.thumbnails;
  if (!only || another || plan.frames > 1 || orientation > 1 || only.spec.fit !== 'cover') return plan;
  const { size, scaled, spec } = only;
  if (plan.size.width !== scaled.width || plan.size.height !== scaled.height) return plan;
  if (size.width === scaled.width) return plan;
  const crop = placeCrop(scaled, size, spec.position);
  return crop ? { ...plan, crop, thumbnails: [{ spec, size, scaled: size }] } : plan;
}

function planThumbnail(spec: Spec, source: Size): ThumbnailPlan {
  const size = resultSize(spec, source);
  return { spec, size, scaled: scaledSize(spec, size, source) };
}

/**
 * The size at which an image is decoded for all thumbnails: as large as the largest one needs it, and never enlarged.
 *
 * A vector image may be enlarged in its own aspect ratio, to as many pixels as 4096 x 4096.
 */
function masterSize(thumbnails: readonly ThumbnailPlan[], source: PlannedImage): Size {
  const width = Math.max(...thumbnails.map(({ scaled }) => scaled.width));
  const height = Math.max(...thumbnails.map(({ scaled }) => scaled.height));
  if (!imageTypes[source.type].isVector)
    return { width: Math.min(width, source.width), height: Math.min(height, source.height) };
  const wanted = Math.max(width / source.width, height / source.height);
  const bySide = svgMaxSidePx / Math.max(source.width, source.height);
  const byArea = Math.sqrt(vectorMaxPixels / (source.width * source.height));
  const factor = Math.min(wanted, bySide, byArea);
  // Rounding the short side of a thin image up would make its long side much larger than that.
  return {
    width: Math.max(1, Math.floor(source.width * factor)),
    height: Math.max(1, Math.floor(source.height * factor)),
  };
}

function scaledSize({ fit }: Spec, size: Size, source: Size): Size {
  if (fit !== 'cover' && fit !== 'contain') return size;
  const isWider = size.width * source.height >= size.height * source.width;
  const byWidth = fit === 'cover' ? isWider : !isWider;
  return byWidth
    ? { width: size.width, height: Math.max(1, Math.round((source.height * size.width) / source.width)) }
    : { width: Math.max(1, Math.round((source.width * size.height) / source.height)), height: size.height };
}
