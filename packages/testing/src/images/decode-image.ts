import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { expectedColour } from './expected-colour.ts';
import type { Paint } from './paint-images.ts';

/** The decoded RGBA pixels of an image. */
export interface DecodedImage extends Size {
  frames: number;
  /** Returns the colour of a pixel. */
  at: (x: number, y: number, frame?: number) => [red: number, green: number, blue: number, alpha: number];
}

/** Decodes an image without applying its orientation. */
export async function decodeImage(bytes: Buffer): Promise<DecodedImage> {
  const opened = sharp(bytes, { animated: true }).ensureAlpha().raw();
  const { data, info } = await opened.toBuffer({ resolveWithObject: true });
  const frames = info.pages ?? 1;
  const height = info.height / frames;
  const at: DecodedImage['at'] = (x, y, frame = 0) => {
    const [red = -1, green = -1, blue = -1, alpha = -1] = data.subarray(((frame * height + y) * info.width + x) * 4);
    return [red, green, blue, alpha];
  };
  return { width: info.width, height, frames, at };
}

/**
 * Compares a thumbnail of the test image with what its spec promises, at a grid of pixels from corner to corner.
 *
 * Returns the largest difference of a channel, and how many pixels were compared; pixels of the padding are skipped.
 */
export function compareImage(
  decoded: DecodedImage,
  spec: Pick<Spec, 'fit' | 'position'>,
  source: Size & { paint: Paint },
) {
  let [worst, compared] = [0, 0];
  const steps = 16;
  for (let row = 0; row <= steps; row++) {
    for (let column = 0; column <= steps; column++) {
      const x = Math.round(((decoded.width - 1) * column) / steps);
      const y = Math.round(((decoded.height - 1) * row) / steps);
      const expected = expectedColour(spec, source, decoded, { x, y });
      const actual = decoded.at(x, y);
      compared += expected ? 1 : 0;
      worst = Math.max(worst, ...(expected ?? []).map((channel, index) => Math.abs(channel - (actual[index] ?? 0))));
    }
  }
  return { worst, compared };
}
