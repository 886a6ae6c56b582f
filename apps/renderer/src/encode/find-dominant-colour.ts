const visibleAlpha = 128;

/**
 * Returns the most common colour of RGBA pixels as `#rrggbb`; white if all of them are transparent.
 *
 * Pixels are sorted into 4096 boxes of similar colours, 16 for each channel. The result is the mean of the fullest box; of
 * equally full ones, of the first, which is the darkest.
 */
export function findDominantColour(rgba: Uint8Array): string {
  const counts = new Uint32Array(4096);
  const sums = new Float64Array(4096 * 3);
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    if ((rgba[at + 3] ?? 0) < visibleAlpha) continue;
    const red = rgba[at] ?? 0;
    const green = rgba[at + 1] ?? 0;
    const blue = rgba[at + 2] ?? 0;
    const box = ((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4);
    counts[box] = (counts[box] ?? 0) + 1;
    sums[box * 3] = (sums[box * 3] ?? 0) + red;
    sums[box * 3 + 1] = (sums[box * 3 + 1] ?? 0) + green;
    sums[box * 3 + 2] = (sums[box * 3 + 2] ?? 0) + blue;
  }
  const most = Math.max(...counts);
  if (most === 0) return '#ffffff';
  const fullest = counts.indexOf(most) * 3;
  const mean = Array.from(sums.subarray(fullest, fullest + 3), (sum) => Math.round(sum / most));
  return `#${Buffer.from(mean).toString('hex')}`;
}
