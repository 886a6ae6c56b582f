import { AppError } from '@thumbnail-api/errors';

/**
 * Finds the best quality whose encoding has at most `maxBytes`, in about seven tries.
 *
 * `best` is tried first; then whole qualities below `top`. A larger quality is taken to give no fewer bytes.
 *
 * @throws AppError `render_too_large` when not even quality 1 fits
 */
export async function fitBytes(
  encodeAt: (quality: number | null) => Promise<Buffer>,
  { best, top, maxBytes }: { best: number | null; top: number; maxBytes: number },
): Promise<Buffer> {
  const whole = await encodeAt(best);
  if (whole.byteLength <= maxBytes) return whole;
  let found: Buffer | null = null;
  let [low, high] = [1, top];
  while (low <= high) {
    const quality = Math.floor((low + high) / 2);
    const encoded = await encodeAt(quality);
    if (encoded.byteLength <= maxBytes) {
      found = encoded;
      low = quality + 1;
    } else high = quality - 1;
  }
  if (found) return found;
  throw new AppError('render_too_large', `No quality gives a thumbnail of at most ${maxBytes} bytes.`);
}
