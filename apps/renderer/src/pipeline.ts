import { AppError } from '@thumbnail-api/errors';
import { findOutputFault, type Spec } from '@thumbnail-api/thumbnail-spec';
import { decode } from './decode/decode.ts';
import { assertMemory } from './decode/held-bytes.ts';
import { inspectOriginal } from './decode/inspect-original.ts';
import type { SourceImage } from './decode/source-image.ts';
import { encode, formats } from './encode/encode.ts';
import { fitBytes } from './encode/fit-bytes.ts';
import { makePlaceholder, type Placeholder } from './encode/placeholder.ts';
import type { RenderingLimits } from './rendering-limits.ts';
import type { Pixels } from './shape/pixels.ts';
import { masterSize, type Plan, planThumbnail } from './shape/plan.ts';
import { shape } from './shape/shape.ts';

// Before a decode of this size, the pixels of earlier tasks are let go of at once.
const largeBytes = 50_000_000;

/** A thumbnail in memory. */
export interface Thumbnail extends Placeholder {
  spec: Spec;
  width: number;
  height: number;
  bytes: Buffer;
}

/** What was made of one original. */
export interface Rendering {
  /** Upright size in pixels; frames of an animation, else 1. */
  image: { width: number; height: number; frames: number };
  /** In the order of the specs. */
  thumbnails: Thumbnail[];
}

/**
 * Renders all thumbnails of one original, each exactly as large as its spec implies; the same bytes for the same input.
 *
 * The original is decoded once, and once more where some thumbnails keep its animation and others do not.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`, `render_too_large`
 */
export async function render(original: Buffer, specs: readonly Spec[], limits: RenderingLimits): Promise<Rendering> {
  const picture = await inspectOriginal(original, limits);
  const fault = findOutputFault(specs, picture, limits.maxOutputPixels);
  if (fault) throw new AppError('image_too_large', fault);
  const plans = specs.map((spec) => planThumbnail(spec, picture));
  const made = new Map<Spec, Thumbnail>();
  for (const animated of [false, true]) {
    const group = plans.filter(({ spec }) => (spec.animated && picture.frames > 1) === animated);
    if (group.length === 0) continue;
    const size = masterSize(group, picture, picture.type === 'image/svg+xml');
    assertMemory(picture, { ...size, frames: animated ? picture.frames : 1 }, limits.memoryBytes);
    if (picture.heldBytes > largeBytes) Bun.gc(true);
    const master = await decode(picture, { size, animated, maxPixels: limits.maxPixels });
    for (const plan of group) made.set(plan.spec, await makeThumbnail(picture, master, plan));
  }
  const { width, height, frames } = picture;
  return { image: { width, height, frames }, thumbnails: specs.flatMap((spec) => made.get(spec) ?? []) };
}

async function makeThumbnail(picture: SourceImage, master: Pixels, plan: Plan): Promise<Thumbnail> {
  const { spec, size } = plan;
  const pixels = await shape(master, plan);
  const encodeAt = (quality: number | null) => encode(pixels, spec.format, quality, picture);
  const top = spec.quality ?? formats[spec.format].quality;
  const bytes = await (spec.maxBytes === null
    ? encodeAt(spec.quality)
    : fitBytes(encodeAt, { best: spec.quality, top, maxBytes: spec.maxBytes }));
  return { spec, ...size, bytes, ...makePlaceholder(pixels) };
}
