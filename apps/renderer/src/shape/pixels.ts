import sharp, { type Sharp } from 'sharp';

/** Decoded pixels in sRGB with 8 bits per channel, not premultiplied. Frames of an animation follow one another. */
export interface Pixels {
  data: Buffer;
  /** Width of one frame, in pixels. */
  width: number;
  /** Height of one frame, in pixels. */
  height: number;
  /** RGB or RGBA. */
  channels: 3 | 4;
  frames: number;
}

/** Opens pixels as the input of a pipeline. */
export function openPixels({ data, width, height, channels, frames }: Pixels): Sharp {
  const raw = { width, height: height * frames, channels, ...(frames > 1 && { pageHeight: height }) };
  return sharp(data, { raw, animated: true, limitInputPixels: false });
}

/**
 * Runs a pipeline and returns its pixels.
 *
 * @throws the errors of sharp
 */
export async function toPixels(pipeline: Sharp, frames: number): Promise<Pixels> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 && info.channels !== 4) throw new Error(`expected 3 or 4 channels, got ${info.channels}`);
  return { data, width: info.width, height: info.height / frames, channels: info.channels, frames };
}

/** Returns the first frame of an animation, without a copy. */
export function firstFrame(pixels: Pixels): Pixels {
  const bytes = pixels.width * pixels.height * pixels.channels;
  return pixels.frames === 1 ? pixels : { ...pixels, data: pixels.data.subarray(0, bytes), frames: 1 };
}
