import { rgbaToThumbHash } from 'thumbhash';
import type { Pixels } from '../shape/pixels.ts';
import { findDominantColour } from './find-dominant-colour.ts';
import { reducePixels } from './reduce-pixels.ts';

/** What a client can show until a thumbnail is loaded. */
export interface Placeholder {
  /** ThumbHash in base64. */
  thumbHash: string;
  /** `#rrggbb`. */
  dominantColour: string;
}

// A ThumbHash keeps seven waves per side, so that more pixels than these do not change it.
const sidePx = 32;

/** Makes the placeholder of a thumbnail, from its first frame if it is animated. */
export function makePlaceholder(pixels: Pixels): Placeholder {
  const { width, height, rgba } = reducePixels(pixels, sidePx);
  const thumbHash = Buffer.from(rgbaToThumbHash(width, height, rgba)).toString('base64');
  return { thumbHash, dominantColour: findDominantColour(rgba) };
}
