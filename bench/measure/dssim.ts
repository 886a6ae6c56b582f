/** Luma of an image, row by row. */
export interface Luma {
  data: Float32Array;
  width: number;
  height: number;
}

const windowPx = 8;
const stepPx = 4;
// Of the paper, for 8 bits.
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/** Converts RGB pixels to luma (BT.601). */
export function toLuma(rgb: Uint8Array, { width, height }: { width: number; height: number }): Luma {
  const data = new Float32Array(width * height);
  for (let at = 0; at < data.length; at++)
    data[at] = 0.299 * (rgb[at * 3] ?? 0) + 0.587 * (rgb[at * 3 + 1] ?? 0) + 0.114 * (rgb[at * 3 + 2] ?? 0);
  return { data, width, height };
}

/**
 * Returns how different two images of the same size look: 0 if they are equal.
 *
 * It is 1 / SSIM - 1 of the luma (Wang et al., 2004), with windows of 8 x 8 pixels, as the mean over the full and the half
 * size.
 */
export function dssim(one: Luma, other: Luma): number {
  const mean = (meanSsim(one, other) + meanSsim(halve(one), halve(other))) / 2;
  return 1 / mean - 1;
}

function meanSsim(one: Luma, other: Luma): number {
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + windowPx <= one.height; top += stepPx)
    for (let left = 0; left + windowPx <= one.width; left += stepPx) {
      sum += ssimAt(one, other, top * one.width + left);
      windows++;
    }
  return sum / windows;
}

function ssimAt({ data, width }: Luma, other: Luma, from: number): number {
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let row = 0; row < windowPx; row++)
    for (let at = from + row * width; at < from + row * width + windowPx; at++) {
      const a = data[at] ?? 0;
      const b = other.data[at] ?? 0;
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
  const pixels = windowPx ** 2;
  const [mx, my] = [x / pixels, y / pixels];
  const [vx, vy, covariance] = [xx / pixels - mx * mx, yy / pixels - my * my, xy / pixels - mx * my];
  return ((2 * mx * my + c1) * (2 * covariance + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2));
}

function halve({ data, width, height }: Luma): Luma {
  const half = { width: Math.floor(width / 2), height: Math.floor(height / 2) };
  const mean = new Float32Array(half.width * half.height);
  for (let at = 0; at < mean.length; at++) {
    const from = Math.floor(at / half.width) * 2 * width + (at % half.width) * 2;
    mean[at] =
      ((data[from] ?? 0) + (data[from + 1] ?? 0) + (data[from + width] ?? 0) + (data[from + width + 1] ?? 0)) / 4;
  }
  return { ...half, data: mean };
}
