import type { Orientation } from './probed-image.ts';

/** The sides after the orientation was applied, in pixels; a side that is not known stays null. */
export function uprightSize<Side extends number | null>(image: {
  width: Side;
  height: Side;
  orientation: Orientation;
}): { width: Side; height: Side } {
  return image.orientation < 5
    ? { width: image.width, height: image.height }
    : { width: image.height, height: image.width };
}
