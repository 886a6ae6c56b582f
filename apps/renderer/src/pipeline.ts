import { AppError } from '@thumbnail-api/errors';
import type { RenderLimits } from '@thumbnail-api/renderer-protocol';
import { findOutputFault, type Spec } from '@thumbnail-api/thumbnail-spec';
import { decode } from './decode/decode.ts';
import { inspectOriginal } from './decode/inspect-original.ts';
import type { SourceImage } from './decode/source-image.ts';
import { encode } from './encode/encode.ts';
import { makePlaceholder, type Placeholder } from './encode/make-placeholder.ts';
import type { Pixels } from './shape/pixels.ts';
import { type DecodePlan, planDecodes, type ThumbnailPlan } from './shape/plan-decodes.ts';
import { shape } from './shape/shape.ts';

/** The limits of a rendering. */
export interface RenderingLimits extends RenderLimits {
  /** Memory of the whole process. */
  memoryBytes: number;
}

/** An encoded thumbnail in memory. */
export interface Thumbnail extends Placeholder {
  spec: Spec;
  width: number;
  height: number;
  bytes: Buffer;
}

/** The thumbnails of one original. */
export interface Rendering {
  /** Upright size in pixels, and the frames of an animation, otherwise 1. */
  image: { width: number; height: number; frames: number };
  /** In the order of the specs. */
  thumbnails: Thumbnail[];
}

/**
 * Renders all thumbnails of one original, each with exactly the size that its spec implies. The same input always gives
 * the same bytes.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`, `render_too_large`
 */
export async function render(original: Buffer, specs: readonly Spec[], limits: RenderingLimits): Promise<Rendering> {
  const source = await inspectOriginal(original, specs, limits);
  assertOutput(specs, source, limits);
  const thumbnails: Thumbnail[] = [];
  for (const plan of planDecodes(specs, source)) thumbnails.push(...(await renderFrames(source, plan, limits)));
  const { width, height, frames } = source;
  return { image: { width, height, frames }, thumbnails: sortBySpecs(thumbnails, specs) };
}

/** Decodes the image once, and makes all thumbnails of that decode one after the other. */
async function renderFrames(source: SourceImage, plan: DecodePlan, limits: RenderingLimits): Promise<Thumbnail[]> {
  const master = await decode(source, plan, limits);
  const thumbnails: Thumbnail[] = [];
  for (const thumbnail of plan.thumbnails) thumbnails.push(await renderThumbnail(source, master, thumbnail));
  return thumbnails;
}

/** A function of its own, so that the pixels of a thumbnail are freed before the next one is made. */
async function renderThumbnail(source: SourceImage, master: Pixels, plan: ThumbnailPlan): Promise<Thumbnail> {
  const pixels = await shape(master, plan);
  const bytes = await encode(pixels, plan.spec, source);
  return { spec: plan.spec, ...plan.size, bytes, ...makePlaceholder(pixels) };
}

function assertOutput(specs: readonly Spec[], source: SourceImage, { maxOutputPixels }: RenderingLimits): void {
  const fault = findOutputFault(specs, source, maxOutputPixels);
  if (fault) throw new AppError('image_too_large', fault);
}

const sortBySpecs = (thumbnails: Thumbnail[], specs: readonly Spec[]) =>
  thumbnails.toSorted((one, other) => specs.indexOf(one.spec) - specs.indexOf(other.spec));
