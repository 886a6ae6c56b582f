import sharp, { type Sharp } from 'sharp';

/** Decoded pixels: 8 bits a channel, sRGB, not premultiplied; the frames of an animation one below the other. */
export interface Pixels {
  data: Buffer;
  /** Of one frame, in pixels. */
  width: number;
  height: number;
  /** RGB or RGBA. */
  channels: 3 | 4;
  frames: number;
}

/** Opens pixels for further work. */
export function openPixels({ data, width, height, channels, frames }: Pixels): Sharp {
  const raw = { width, height: height * frames, channels, ...(frames > 1 && { pageHeight: height }) };
  return sharp(data, { raw, animated: true, limitInputPixels: false });
}

/**
 * Runs a pipeline and gives its pixels.
 *
 * @throws whatever sharp throws
 */
export async function toPixels(pipeline: Sharp, frames: number): Promise<Pixels> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 && info.channels !== 4) throw new Error(`${info.channels} channels where 3 or 4 are known`);
  return { data, width: info.width, height: info.height / frames, channels: info.channels, frames };
}

/** The first frame of an animation, sharing its memory; anything else as it is. */
export function firstFrame(pixels: Pixels): Pixels {
  const bytes = pixels.width * pixels.height * pixels.channels;
  return pixels.frames === 1 ? pixels : { ...pixels, data: pixels.data.subarray(0, bytes), frames: 1 };
}
