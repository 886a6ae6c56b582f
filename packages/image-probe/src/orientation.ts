import type { Orientation } from './probed-image.ts';

/** The eight orientations by quarter turns to the right: those of the picture as it is, and of its mirror image. */
const upright: readonly Orientation[] = [1, 6, 3, 8];
const mirrored: readonly Orientation[] = [2, 7, 4, 5];

/** The orientation after a further turn by quarters to the right, 0 to 3. */
export function turn(orientation: Orientation, quarters: number): Orientation {
  const turns = upright.includes(orientation) ? upright : mirrored;
  return turns[(turns.indexOf(orientation) + quarters) % 4] ?? 1;
}

/** The orientation after the left and right half (or the top and bottom half) were exchanged. */
export function mirror(orientation: Orientation, halves: 'leftRight' | 'topBottom'): Orientation {
  const isUpright = upright.includes(orientation);
  const quarters = (isUpright ? upright : mirrored).indexOf(orientation);
  const halfTurn = halves === 'topBottom' ? 2 : 0;
  return (isUpright ? mirrored : upright)[(4 - quarters + halfTurn) % 4] ?? 1;
}
