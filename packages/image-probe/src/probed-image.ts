/** The media types of the images that the service accepts. */
export const imageTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/heic',
  'image/svg+xml',
] as const;
export type ImageType = (typeof imageTypes)[number];

/** How the stored picture has to be turned to stand upright, in the numbers of EXIF tag 274; 5 to 8 swap the sides. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the first bytes of an image claim. Nothing here was checked against the pixels. */
export interface ProbedImage {
  type: ImageType;
  /** Side as stored, before `orientation`, in pixels, 0 to {@link sideMax}; null when the bytes do not show it. */
  width: number | null;
  /** As `width`. */
  height: number | null;
  /** Frames seen of an animated GIF or WebP: a lower bound when the file goes on. 1 for everything else. */
  frames: number;
  /** 1 when none is given, or none within the bytes. */
  orientation: Orientation;
}

/** The largest side that is reported, in pixels: what 32 bits hold. A larger claim is cut down to it. */
export const sideMax = 0xff_ff_ff_ff;
