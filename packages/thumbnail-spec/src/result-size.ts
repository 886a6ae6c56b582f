import { maxSidePx, type Spec } from './spec.ts';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The most pixels of one AVIF: its encoder is the slowest. */
export const avifMaxPixels = 4_000_000;

/** The parts of a spec that decide its size. */
export type SizeSpec = Pick<Spec, 'width' | 'height' | 'fit' | 'enlarge'>;

/** A scale as a fraction, so that a length of exactly a half is rounded up and never missed. */
interface Scale {
  to: number;
  from: number;
}

/** The exact size of the thumbnail that `spec` makes of an upright image of that size; pure, at least 1 x 1. */
export function resultSize(spec: SizeSpec, source: Size): Size {
  const x = spec.width === null ? null : { to: spec.width, from: source.width };
  const y = spec.height === null ? null : { to: spec.height, from: source.height };
  if (!x || !y) return scale(source, bound(spec, x ?? y ?? unchanged));
  const box = { width: x.to, height: y.to };
  const [smaller, larger] = x.to * y.from < y.to * x.from ? [x, y] : [y, x];
  switch (spec.fit) {
    case 'cover':
      return shrinkBox(box, spec, larger);
    case 'contain':
      return shrinkBox(box, spec, smaller);
    case 'inside':
      return scale(source, bound(spec, smaller));
    case 'outside':
      return scale(source, bound(spec, larger));
    case 'fill':
      return spec.enlarge ? box : { width: Math.min(x.to, x.from), height: Math.min(y.to, y.from) };
  }
}

/** How many pixels a thumbnail has over all its frames. */
export function outputPixels(spec: SizeSpec & Pick<Spec, 'animated'>, source: Size & { frames: number }): number {
  const { width, height } = resultSize(spec, source);
  return width * height * (spec.animated ? source.frames : 1);
}

/**
 * Says in one public sentence why the thumbnails of an image are too large, or gives null.
 *
 * A side may have 4096 pixels, an AVIF 4 million, and all thumbnails with all their frames `maxOutputPixels`.
 */
export function findOutputFault(
  specs: readonly Spec[],
  source: Size & { frames: number },
  maxOutputPixels: number,
): string | null {
  for (const spec of specs) {
    const { width, height } = resultSize(spec, source);
    const what = `The thumbnail ${spec.name} would have ${width} x ${height} pixels`;
    if (Math.max(width, height) > maxSidePx) return `${what}; a side may have ${maxSidePx}.`;
    if (spec.format === 'avif' && width * height > avifMaxPixels) return `${what}; an AVIF may have ${avifMaxPixels}.`;
  }
  const total = specs.reduce((sum, spec) => sum + outputPixels(spec, source), 0);
  if (total <= maxOutputPixels) return null;
  return `The thumbnails would have ${total} pixels over all frames; a job may make ${maxOutputPixels}.`;
}

const unchanged: Scale = { to: 1, from: 1 };

const grows = ({ to, from }: Scale) => to > from;

const bound = (spec: SizeSpec, by: Scale) => (spec.enlarge || !grows(by) ? by : unchanged);

const shrinkBox = (box: Size, spec: SizeSpec, by: Scale) =>
  spec.enlarge || !grows(by) ? box : scale(box, { to: by.from, from: by.to });

const scale = ({ width, height }: Size, { to, from }: Scale): Size => ({
  width: Math.max(1, Math.round((width * to) / from)),
  height: Math.max(1, Math.round((height * to) / from)),
});
