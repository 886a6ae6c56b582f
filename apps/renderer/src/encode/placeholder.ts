import { rgbaToThumbHash } from 'thumbhash';
import type { Pixels } from '../shape/pixels.ts';
import { findDominantColour } from './dominant-colour.ts';
import { reducePixels } from './reduce-pixels.ts';

/** What may stand in for a thumbnail until it is there. */
export interface Placeholder {
  /** ThumbHash in base64. */
  thumbHash: string;
  /** `#rrggbb`. */
  dominantColour: string;
}

// A ThumbHash keeps seven waves a side: more pixels than these change nothing.
const sidePx = 32;

/** Makes the placeholder of a thumbnail; of an animated one, of its first frame. */
export function makePlaceholder(pixels: Pixels): Placeholder {
  const { width, height, rgba } = reducePixels(pixels, sidePx);
  const thumbHash = Buffer.from(rgbaToThumbHash(width, height, rgba)).toString('base64');
  return { thumbHash, dominantColour: findDominantColour(rgba) };
}
