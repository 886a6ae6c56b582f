import type { Size } from '@thumbnail-api/thumbnail-spec';
import type { Pixels } from '../shape/pixels.ts';

// Samples along each side of a block: enough for a placeholder, however large the thumbnail.
const samplesMax = 3;

/** The samples along one side: `each` for every block, as offsets in bytes. */
interface Samples {
  offsets: Uint32Array;
  each: number;
}

/**
 * Scales the first frame down to RGBA with sides of at most `maxSidePx`. Each pixel is the mean of a few samples, weighted
 * by alpha.
 */
export function reducePixels(pixels: Pixels, maxSidePx: number): Size & { rgba: Uint8Array } {
  const block = Math.max(1, Math.max(pixels.width, pixels.height) / maxSidePx);
  const width = Math.max(1, Math.floor(pixels.width / block));
  const height = Math.max(1, Math.floor(pixels.height / block));
  const columns = sampleAlong(pixels.width, width, pixels.channels);
  const rows = sampleAlong(pixels.height, height, pixels.channels * pixels.width);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) writeMean(pixels, columns, x, rows, y, rgba, (y * width + x) * 4);
  return { width, height, rgba };
}

/** Places the samples in each of `count` equal parts of a side that has `stepBytes` from one pixel to the next. */
function sampleAlong(length: number, count: number, stepBytes: number): Samples {
  const each = Math.min(samplesMax, Math.max(1, Math.floor(length / count)));
  const offsets = new Uint32Array(count * each);
  for (let part = 0; part < count; part++) {
    const from = (part * length) / count;
    const to = ((part + 1) * length) / count;
    for (let sample = 0; sample < each; sample++)
      offsets[part * each + sample] = Math.floor(from + ((sample + 0.5) * (to - from)) / each) * stepBytes;
  }
  return { offsets, each };
}

function writeMean(
  { data, channels }: Pixels,
  columns: Samples,
  x: number,
  rows: Samples,
  y: number,
  rgba: Uint8Array,
  target: number,
): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  let weight = 0;
  for (let row = y * rows.each; row < (y + 1) * rows.each; row++) {
    for (let column = x * columns.each; column < (x + 1) * columns.each; column++) {
      const at = (rows.offsets[row] ?? 0) + (columns.offsets[column] ?? 0);
      const alpha = channels === 4 ? (data[at + 3] ?? 0) : 255;
      red += (data[at] ?? 0) * alpha;
      green += (data[at + 1] ?? 0) * alpha;
      blue += (data[at + 2] ?? 0) * alpha;
      weight += alpha;
    }
  }
  if (weight === 0) return;
  rgba[target] = Math.round(red / weight);
  rgba[target + 1] = Math.round(green / weight);
  rgba[target + 2] = Math.round(blue / weight);
  rgba[target + 3] = Math.round(weight / (rows.each * columns.each));
}
