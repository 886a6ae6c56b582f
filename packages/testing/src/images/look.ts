import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { expectedColour } from './expected-colour.ts';
import type { Paint } from './paint-images.ts';

/** Decoded pixels of a thumbnail, RGBA; of an animation, all frames one below the other. */
export interface Look extends Size {
  frames: number;
  /** The colour of a pixel. */
  at: (x: number, y: number, frame?: number) => [red: number, green: number, blue: number, alpha: number];
}

/** Decodes a thumbnail, without turning it. */
export async function lookAt(bytes: Buffer): Promise<Look> {
  const opened = sharp(bytes, { animated: true }).ensureAlpha().raw();
  const { data, info } = await opened.toBuffer({ resolveWithObject: true });
  const frames = info.pages ?? 1;
  const height = info.height / frames;
  const at: Look['at'] = (x, y, frame = 0) => {
    const [red = -1, green = -1, blue = -1, alpha = -1] = data.subarray(((frame * height + y) * info.width + x) * 4);
    return [red, green, blue, alpha];
  };
  return { width: info.width, height, frames, at };
}

/**
 * How far a thumbnail is from what it should show of the test picture: the largest difference of a channel over a grid
 * of places from corner to corner, padding left out; and how many places could be compared.
 */
export function compareLook(look: Look, spec: Pick<Spec, 'fit' | 'position'>, source: Size & { paint: Paint }) {
  let [worst, compared] = [0, 0];
  const steps = 16;
  for (let row = 0; row <= steps; row++) {
    for (let column = 0; column <= steps; column++) {
      const x = Math.round(((look.width - 1) * column) / steps);
      const y = Math.round(((look.height - 1) * row) / steps);
      const expected = expectedColour(spec, source, look, { x, y });
      const seen = look.at(x, y);
      compared += expected ? 1 : 0;
      worst = Math.max(worst, ...(expected ?? []).map((channel, index) => Math.abs(channel - (seen[index] ?? 0))));
    }
  }
  return { worst, compared };
}
