import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';

/** A part of an image, in pixels. */
export interface Region extends Size {
  left: number;
  top: number;
}

/** Returns the part of an image that a crop to `size` keeps, as sharp places it. `attention` and `entropy` have none. */
export function placeCrop(image: Size, size: Size, position: Spec['position']): Region | null {
  if (position === 'attention' || position === 'entropy') return null;
  const left = place(image.width - size.width, /left|west/.test(position), /right|east/.test(position));
  const top = place(image.height - size.height, /top|north/.test(position), /bottom|south/.test(position));
  return { ...size, left, top };
}

const place = (excess: number, atStart: boolean, atEnd: boolean) =>
  atStart ? 0 : atEnd ? excess : Math.ceil(excess / 2);
