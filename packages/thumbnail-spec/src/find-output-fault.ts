import { formats } from './formats.ts';
import { resultSize, type Size, type SizeSpec } from './result-size.ts';
import { maxSidePx, type Spec } from './spec.ts';

/** An original whose upright size in pixels and number of frames are known. */
type Source = Size & { frames: number };

/**
 * Says in one public sentence why the thumbnails of an image would be too large, or returns null if they are not.
 *
 * The limits are 4096 pixels for a side, the format's own limit for a thumbnail, and `maxOutputPixels` for all thumbnails
 * with all their frames.
 */
export function findOutputFault(specs: readonly Spec[], source: Source, maxOutputPixels: number): string | null {
  for (const spec of specs) {
    const { width, height } = resultSize(spec, source);
    const { maxPixels } = formats[spec.format];
    const subject = `Thumbnail ${spec.name} would have ${width} x ${height} pixels`;
    if (Math.max(width, height) > maxSidePx) return `${subject}; each side must have at most ${maxSidePx}.`;
    if (maxPixels !== null && width * height > maxPixels)
      return `${subject}; with format ${spec.format} it must have at most ${maxPixels} in all.`;
  }
  const total = specs.reduce((sum, spec) => sum + outputPixels(spec, source), 0);
  if (total <= maxOutputPixels) return null;
  return `The thumbnails would have ${total} pixels over all frames; a job must make at most ${maxOutputPixels}.`;
}

/** Returns the pixels of a thumbnail over all its frames. */
export function outputPixels(spec: SizeSpec & Pick<Spec, 'animated'>, source: Source): number {
  const { width, height } = resultSize(spec, source);
  return width * height * (spec.animated ? source.frames : 1);
}
