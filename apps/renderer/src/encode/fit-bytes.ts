import { AppError } from '@thumbnail-api/errors';

/**
 * Encodes with the best quality that gives at most `maxBytes`, in at most eight tries.
 *
 * Tries `best` first, then searches the qualities from 1 to `top` by bisection, assuming that a higher quality never gives
 * fewer bytes.
 *
 * @throws AppError `render_too_large` if quality 1 gives more bytes
 */
export async function fitBytes(
  encodeAt: (quality: number | null) => Promise<Buffer>,
  { best, top, maxBytes }: { best: number | null; top: number; maxBytes: number },
): Promise<Buffer> {
  const first = await encodeAt(best);
  if (first.byteLength <= maxBytes) return first;
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
  throw new AppError(
    'render_too_large',
    `The thumbnail has more than ${maxBytes} bytes even at quality 1; raise maxBytes or make it smaller.`,
  );
}
