import sharp, { type Sharp } from 'sharp';

/** RGB pixels of a test image. */
export interface RawImage {
  data: Buffer;
  width: number;
  height: number;
}

/** Returns the colour of an image at a position, with both coordinates from 0 to 1. */
export type Paint = (across: number, down: number) => [number, number, number];

/** The colours of the test image: a gradient, so that no two positions look alike. */
export const colourAt: Paint = (across, down) => [Math.round(64 + 128 * across), Math.round(64 + 128 * down), 128];

/** Paints an image; `paint` gets the position of each pixel's centre. */
export function paintImage(width: number, height: number, paint: Paint = colourAt): RawImage {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(paint((x + 0.5) / width, (y + 0.5) / height), (y * width + x) * 3);
  return { data, width, height };
}

/** Opens a test image for encoding. */
export const openImage = ({ data, width, height }: RawImage): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } });

/** Returns an upright image as it is stored in a file with the given EXIF orientation. */
export function toStoredPixels({ data, width, height }: RawImage, orientation: number): RawImage {
  const swaps = orientation > 4;
  const stored = { width: swaps ? height : width, height: swaps ? width : height };
  const pixels = Buffer.alloc(data.length);
  for (let y = 0; y < stored.height; y++) {
    for (let x = 0; x < stored.width; x++) {
      const [column, row] = uprightPosition(x, y, width, height)[orientation - 1] ?? [x, y];
      data.copy(pixels, (y * stored.width + x) * 3, (row * width + column) * 3, (row * width + column) * 3 + 3);
    }
  }
  return { data: pixels, ...stored };
}

// The position of a stored pixel in the upright image, by orientation (EXIF 2.32, tag 274).
const uprightPosition = (x: number, y: number, width: number, height: number): [number, number][] => [
  [x, y],
  [width - 1 - x, y],
  [width - 1 - x, height - 1 - y],
  [x, height - 1 - y],
  [y, x],
  [width - 1 - y, x],
  [width - 1 - y, height - 1 - x],
  [y, height - 1 - x],
];

/** Encodes an animation with one frame of `size` per colour. */
export function encodeAnimation(
  format: 'gif' | 'webp',
  size: { width: number; height: number },
  colours: [number, number, number][],
): Promise<Buffer> {
  const frames = colours.map((colour) => paintImage(size.width, size.height, () => colour).data);
  const raw = { ...size, height: size.height * colours.length, channels: 3 as const, pageHeight: size.height };
  const opened = sharp(Buffer.concat(frames), { raw, animated: true });
  const delay = colours.map((_, frame) => 100 + frame * 50);
  return format === 'gif'
    ? opened.gif({ delay, loop: 3 }).toBuffer()
    : opened.webp({ delay, loop: 3, lossless: true }).toBuffer();
}
