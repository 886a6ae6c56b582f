import { rgbaToThumbHash } from 'thumbhash';
import { findDominantColour } from './dominant-colour.ts';
import { firstFrame, openPixels, type Pixels } from './pixels.ts';

/** What may stand in for a thumbnail until it is there. */
export interface Placeholder {
  /** ThumbHash in base64. */
  thumbHash: string;
  /** `#rrggbb`. */
  dominantColour: string;
}

/** Makes the placeholder of a thumbnail; of an animated one, of its first frame. */
export async function makePlaceholder(pixels: Pixels): Promise<Placeholder> {
  const { data, info } = await openPixels(firstFrame(pixels))
    .resize(100, 100, { fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const hash = rgbaToThumbHash(info.width, info.height, data);
  return { thumbHash: Buffer.from(hash).toString('base64'), dominantColour: findDominantColour(data) };
}
