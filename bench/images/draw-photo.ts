import sharp, { type OverlayOptions } from 'sharp';

/** What {@link drawPhoto} and {@link drawPng} draw. */
export interface PhotoOptions {
  /** At least 241. */
  widthPx: number;
  /** At least 241. */
  heightPx: number;
  /** Strength of the noise, up to 255. More noise makes a larger file. */
  grain: number;
}

const octaves = [3, 7, 17, 41, 97];
const tilePx = 241;
const jpegQuality = 82;
/** Side of the flat squares of a PNG, which make it compress like a drawing. */
const squarePx = 4;

/**
 * Draws a JPEG that compresses like a photograph: large soft shapes, finer shapes over them, and noise. One version of
 * sharp always draws the same bytes.
 */
export const drawPhoto = async (options: PhotoOptions): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await paint(options, 1)).jpeg({ quality: jpegQuality }).toBuffer());

/** Draws a PNG of flat squares with an alpha channel; see {@link drawPhoto}. */
export async function drawPng({ widthPx, heightPx, grain }: PhotoOptions): Promise<Uint8Array<ArrayBuffer>> {
  const small = { widthPx: Math.ceil(widthPx / squarePx), heightPx: Math.ceil(heightPx / squarePx), grain };
  const painted = await (await paint(small, 0.9)).png().toBuffer();
  return new Uint8Array(
    await sharp(painted).resize(widthPx, heightPx, { fit: 'fill', kernel: 'nearest' }).png().toBuffer(),
  );
}

async function paint({ widthPx: width, heightPx: height, grain }: PhotoOptions, alpha: number) {
  const random = createRandom(width * 31 + height);
  const layers: OverlayOptions[] = [];
  for (const octave of octaves) {
    const rows = Math.max(2, Math.round((octave * height) / width)) + 1;
    const raw = { width: octave + 1, height: rows, channels: 3 as const };
    const shapes = Buffer.from(Array.from({ length: raw.width * raw.height * 3 }, () => random() * 256));
    const enlarged = sharp(shapes, { raw }).resize(width, height, { fit: 'fill', kernel: 'cubic' });
    layers.push({ input: await enlarged.png({ compressionLevel: 1 }).toBuffer(), blend: 'soft-light' });
  }
  const noise = Buffer.from(Array.from({ length: tilePx * tilePx * 3 }, () => 128 + (random() - random()) * grain));
  const tile = { width: Math.min(tilePx, width), height: Math.min(tilePx, height), channels: 3 as const };
  layers.push({ input: noise, raw: tile, tile: true, blend: 'overlay' });
  const background = { r: 140, g: 120, b: 110, alpha };
  return sharp({ create: { width, height, channels: alpha < 1 ? 4 : 3, background } }).composite(layers);
}

/** Mulberry32, a small generator with the same sequence on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
