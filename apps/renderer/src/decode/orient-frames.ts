import sharp from 'sharp';
import { type Pixels, toPixels } from '../shape/pixels.ts';

// By EXIF orientation: whether to mirror first, and by how many degrees to rotate clockwise then.
const turns: Record<number, [mirror: boolean, degrees: number]> = {
  2: [true, 0],
  3: [false, 180],
  4: [true, 180],
  5: [true, 270],
  6: [false, 90],
  7: [true, 90],
  8: [false, 270],
};

/** Turns each frame of an animation upright by the given EXIF orientation. */
export async function orientFrames(pixels: Pixels, orientation: number): Promise<Pixels> {
  const [mirror, degrees] = turns[orientation] ?? [false, 0];
  const { width, height, channels, frames } = pixels;
  const frameBytes = width * height * channels;
  const turned: Pixels[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const data = pixels.data.subarray(frame * frameBytes, (frame + 1) * frameBytes);
    const mirrored = sharp(data, { raw: { width, height, channels } }).flop(mirror);
    const upright = await toPixels(mirrored, 1);
    turned.push(await toPixels(sharp(upright.data, { raw: { width, height, channels } }).rotate(degrees), 1));
  }
  const data = Buffer.concat(turned.map((frame) => frame.data));
  return { ...(turned[0] ?? pixels), data, frames };
}
