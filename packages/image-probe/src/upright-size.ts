import type { Orientation } from './probed-image.ts';

/** Returns width and height after the orientation is applied, in pixels; a side that is unknown stays null. */
export function uprightSize<Side extends number | null>(image: {
  width: Side;
  height: Side;
  orientation: Orientation;
}): { width: Side; height: Side } {
  return image.orientation < 5
    ? { width: image.width, height: image.height }
    : { width: image.height, height: image.width };
}
