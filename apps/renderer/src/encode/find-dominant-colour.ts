const visibleAlpha = 128;

/**
 * Returns the most common colour of RGBA pixels as `#rrggbb`; white if all of them are transparent.
 *
 * Pixels are sorted into 4096 boxes of similar colours, 16 for each channel. The result is the mean of the fullest box; of
 * equally full ones, of the first, which is the darkest.
 */
export function findDominantColour(rgba: Uint8Array): string {
  const counts = new Uint32Array(4096);
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const box = boxOf(rgba, at);
    if (box !== null) counts[box] = (counts[box] ?? 0) + 1;
  }
  let fullest = 0;
  for (let box = 1; box < counts.length; box++) if ((counts[box] ?? 0) > (counts[fullest] ?? 0)) fullest = box;
  const count = counts[fullest] ?? 0;
  if (count === 0) return '#ffffff';
  const mean = sumOf(rgba, fullest).map((sum) => Math.round(sum / count));
  return `#${Buffer.from(mean).toString('hex')}`;
}

/** The box of the pixel at an offset, or null if it is transparent. */
function boxOf(rgba: Uint8Array, at: number): number | null {
  if ((rgba[at + 3] ?? 0) < visibleAlpha) return null;
  return (((rgba[at] ?? 0) >> 4) << 8) | (((rgba[at + 1] ?? 0) >> 4) << 4) | ((rgba[at + 2] ?? 0) >> 4);
}

function sumOf(rgba: Uint8Array, box: number): [red: number, green: number, blue: number] {
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    if (boxOf(rgba, at) !== box) continue;
    red += rgba[at] ?? 0;
    green += rgba[at + 1] ?? 0;
    blue += rgba[at + 2] ?? 0;
  }
  return [red, green, blue];
}
