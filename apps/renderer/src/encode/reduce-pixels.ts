import type { Size } from '@thumbnail-api/thumbnail-spec';
import type { Pixels } from '../shape/pixels.ts';

// Samples along each side of a block: enough for a placeholder, however large the thumbnail.
const samplesMax = 3;

/**
 * Scales the first frame down to RGBA with sides of at most `maxSidePx`. Each pixel is the mean of a few samples, weighted
 * by alpha.
 */
export function reducePixels(pixels: Pixels, maxSidePx: number): Size & { rgba: Uint8Array } {
  const block = Math.max(1, Math.max(pixels.width, pixels.height) / maxSidePx);
  const width = Math.max(1, Math.floor(pixels.width / block));
  const height = Math.max(1, Math.floor(pixels.height / block));
  const columns = sampleAlong(pixels.width, width);
  const rows = sampleAlong(pixels.height, height);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) writeMean(pixels, columns[x] ?? [], rows[y] ?? [], rgba, (y * width + x) * 4);
  return { width, height, rgba };
}

/** Returns the positions to sample in each of `count` equal parts of a side. */
function sampleAlong(length: number, count: number): number[][] {
  return Array.from({ length: count }, (_, part) => {
    const [from, to] = [(part * length) / count, ((part + 1) * length) / count];
    const samples = Math.min(samplesMax, Math.max(1, Math.floor(to - from)));
    return Array.from({ length: samples }, (_, sample) => Math.floor(from + ((sample + 0.5) * (to - from)) / samples));
  });
}

function writeMean(
  { data, width, channels }: Pixels,
  columns: number[],
  rows: number[],
  rgba: Uint8Array,
  target: number,
): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  let weight = 0;
  for (const row of rows) {
    for (const column of columns) {
      const at = (row * width + column) * channels;
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
  rgba[target + 3] = Math.round(weight / (rows.length * columns.length));
}
