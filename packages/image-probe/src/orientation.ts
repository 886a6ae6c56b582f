import type { Orientation } from './probed-image.ts';

/** The orientations after 0 to 3 quarter turns clockwise, of the image and of its mirror image. */
const upright: readonly Orientation[] = [1, 6, 3, 8];
const mirrored: readonly Orientation[] = [2, 7, 4, 5];

/** Returns the orientation after further quarter turns clockwise, 0 to 3. */
export function turn(orientation: Orientation, quarters: number): Orientation {
  const turns = upright.includes(orientation) ? upright : mirrored;
  return turns[(turns.indexOf(orientation) + quarters) % 4] ?? 1;
}

/** Returns the orientation after the left and right halves, or the top and bottom halves, are swapped. */
export function mirror(orientation: Orientation, halves: 'leftRight' | 'topBottom'): Orientation {
  const isUpright = upright.includes(orientation);
  const quarters = (isUpright ? upright : mirrored).indexOf(orientation);
  const halfTurn = halves === 'topBottom' ? 2 : 0;
  return (isUpright ? mirrored : upright)[(4 - quarters + halfTurn) % 4] ?? 1;
}
