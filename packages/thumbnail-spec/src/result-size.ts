import type { Spec } from './spec.ts';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The fields of a spec that decide its size. */
export type SizeSpec = Pick<Spec, 'width' | 'height' | 'fit' | 'enlarge'>;

/** A scale as a fraction of whole numbers, so that a length of exactly a half is always rounded up. */
interface Scale {
  to: number;
  from: number;
}

/** Returns the exact size of the thumbnail that `spec` makes of an upright image of the given size; at least 1 x 1. */
export function resultSize(spec: SizeSpec, source: Size): Size {
  const x = spec.width === null ? null : { to: spec.width, from: source.width };
  const y = spec.height === null ? null : { to: spec.height, from: source.height };
  if (!x || !y) return scale(source, limitGrowth(spec, x ?? y ?? unchanged));
  const box = { width: x.to, height: y.to };
  const [smaller, larger] = x.to * y.from < y.to * x.from ? [x, y] : [y, x];
  switch (spec.fit) {
    case 'cover':
      return shrinkBox(box, spec, larger);
    case 'contain':
      return shrinkBox(box, spec, smaller);
    case 'inside':
      return scale(source, limitGrowth(spec, smaller));
    case 'outside':
      return scale(source, limitGrowth(spec, larger));
    case 'fill':
      return spec.enlarge ? box : { width: Math.min(x.to, x.from), height: Math.min(y.to, y.from) };
  }
}

const unchanged: Scale = { to: 1, from: 1 };

const grows = ({ to, from }: Scale) => to > from;

/** The scale, or 1 if the image would grow and must not. */
const limitGrowth = (spec: SizeSpec, by: Scale) => (spec.enlarge || !grows(by) ? by : unchanged);

/** The box, or the part of it that the image fills at its own size if the image would grow and must not. */
const shrinkBox = (box: Size, spec: SizeSpec, by: Scale) =>
  spec.enlarge || !grows(by) ? box : scale(box, { to: by.from, from: by.to });

const scale = ({ width, height }: Size, { to, from }: Scale): Size => ({
  width: Math.max(1, Math.round((width * to) / from)),
  height: Math.max(1, Math.round((height * to) / from)),
});
