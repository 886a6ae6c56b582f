import sharp, { type Sharp } from 'sharp';

/** Pixels of a test picture, RGB. */
export interface RawImage {
  data: Buffer;
  width: number;
  height: number;
}

/** Gives the colour of a place in a picture, both sides from 0 to 1. */
export type Paint = (across: number, down: number) => [number, number, number];

/** The colour of the test picture at a place in it, both from 0 to 1: no two places look alike. */
export const colourAt: Paint = (across, down) => [Math.round(64 + 128 * across), Math.round(64 + 128 * down), 128];

/** Paints a picture pixel by pixel; `paint` is given the place of the pixel's centre, from 0 to 1. */
export function paintImage(width: number, height: number, paint: Paint = colourAt): RawImage {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(paint((x + 0.5) / width, (y + 0.5) / height), (y * width + x) * 3);
  return { data, width, height };
}

/** Opens a test picture for encoding. */
export const openImage = ({ data, width, height }: RawImage): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } });

/** How a picture lies in a file whose EXIF orientation turns it upright again. */
export function layDown({ data, width, height }: RawImage, orientation: number): RawImage {
  const swaps = orientation > 4;
  const stored = { width: swaps ? height : width, height: swaps ? width : height };
  const lying = Buffer.alloc(data.length);
  for (let y = 0; y < stored.height; y++) {
    for (let x = 0; x < stored.width; x++) {
      const [column, row] = uprightPlace(x, y, width, height)[orientation - 1] ?? [x, y];
      data.copy(lying, (y * stored.width + x) * 3, (row * width + column) * 3, (row * width + column) * 3 + 3);
    }
  }
  return { data: lying, ...stored };
}

// Where a stored pixel belongs in the upright picture, by orientation (EXIF 2.32, tag 274).
const uprightPlace = (x: number, y: number, width: number, height: number): [number, number][] => [
  [x, y],
  [width - 1 - x, y],
  [width - 1 - x, height - 1 - y],
  [x, height - 1 - y],
  [y, x],
  [width - 1 - y, x],
  [width - 1 - y, height - 1 - x],
  [y, height - 1 - x],
];

/** An animation of equally large frames, each of one colour, as GIF or WebP. */
export function animate(
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
