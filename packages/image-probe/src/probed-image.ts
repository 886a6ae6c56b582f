import type { ImageType } from './image-types.ts';

/** How the stored pixels must be turned to stand upright: the values of EXIF tag 274. 5 to 8 swap width and height. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the first bytes of an image claim. None of it has been checked against the pixels. */
export interface ProbedImage {
  type: ImageType;
  /** Width as stored, before `orientation`, in pixels, 0 to {@link sideMax}; null if the bytes do not show it. */
  width: number | null;
  /** Height as stored; see `width`. */
  height: number | null;
  /** Frames seen of an animated GIF or WebP: a lower bound if the file continues. 1 for every other type. */
  frames: number;
  /** 1 if the bytes contain none. */
  orientation: Orientation;
}

/** The largest side that is reported, in pixels. Larger claims are reported as this. */
export const sideMax = 0xff_ff_ff_ff;
