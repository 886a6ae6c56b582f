import sharp, { type Sharp } from 'sharp';

/** Colours of the quarters, row by row: red, green, blue, yellow. */
const quarters = [
  [220, 40, 40],
  [40, 180, 60],
  [40, 70, 210],
  [235, 200, 40],
] as const;

/** Draws an upright image with another colour in each quarter, as raw RGB. */
function quarterPixels(width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      pixels.set(quarters[quarter] ?? [], (y * width + x) * 3);
    }
  }
  return pixels;
}

/**
 * Draws a JPEG with another colour in each quarter. With an EXIF `orientation` other than 1, its pixels are stored turned
 * and a viewer turns them back.
 */
export async function drawQuarters(width: number, height: number, orientation = 1): Promise<Uint8Array<ArrayBuffer>> {
  const upright = sharp(quarterPixels(width, height), { raw: { width, height, channels: 3 } });
  const stored = await turn(upright, orientation).png().toBuffer();
  const file = await sharp(stored)
    .withMetadata({ orientation })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return new Uint8Array(file);
}

/** Draws a square PNG of noise, which cannot be compressed: about 3 bytes a pixel. */
export async function drawNoise(sidePx: number): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = new Uint8Array(sidePx * sidePx * 3);
  for (let at = 0; at < pixels.length; at += 65_536) crypto.getRandomValues(pixels.subarray(at, at + 65_536));
  return new Uint8Array(
    await sharp(pixels, { raw: { width: sidePx, height: sidePx, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

/** Applies the inverse of what a viewer does for an orientation (EXIF 2.32, 4.6.4 A). */
function turn(image: Sharp, orientation: number): Sharp {
  const turns: Record<number, (image: Sharp) => Sharp> = {
    2: (upright) => upright.flop(),
    3: (upright) => upright.rotate(180),
    4: (upright) => upright.flip(),
    5: (upright) => upright.rotate(270).flop(),
    6: (upright) => upright.rotate(270),
    7: (upright) => upright.rotate(90).flop(),
    8: (upright) => upright.rotate(90),
  };
  return turns[orientation]?.(image) ?? image;
}

/** Decodes a thumbnail. `at` returns the colour at a point, with both coordinates from 0 to 1. */
export async function readPixels(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const left = Math.min(info.width - 1, Math.floor(x * info.width));
    const top = Math.min(info.height - 1, Math.floor(y * info.height));
    return [...data.subarray((top * info.width + left) * 3, (top * info.width + left) * 3 + 3)];
  };
  return { width: info.width, height: info.height, format: (await sharp(bytes).metadata()).format, at };
}

/** Returns the largest difference of a colour channel between the quarters of a thumbnail and the expected ones. */
export function distanceFromQuarters(at: (x: number, y: number) => number[]): number {
  const centres = [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
  const differences = centres.flatMap((colour, index) =>
    colour.map((value, channel) => Math.abs(value - (quarters[index]?.[channel] ?? 0))),
  );
  return Math.max(...differences);
}
