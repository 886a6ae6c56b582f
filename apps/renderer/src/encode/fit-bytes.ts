import { AppError } from '@thumbnail-api/errors';

/** By how much a higher quality may give fewer bytes than quality 1, as it does for some images of few colours. */
const slack = 1.5;

/**
 * Encodes with the best quality that gives at most `maxBytes`, in at most nine tries.
 *
 * Tries quality 1 first, so that a limit far below it is found with one try, however long the others take. Then tries
 * `best`, then searches the qualities from 1 to `top` by bisection, assuming that a higher quality never gives fewer bytes.
 *
 * @throws AppError `render_too_large` if no quality tried gives few enough bytes
 */
export async function fitBytes(
  encodeAt: (quality: number | null) => Promise<Buffer>,
  { best, top, maxBytes }: { best: number | null; top: number; maxBytes: number },
): Promise<Buffer> {
  const smallest = await encodeAt(1);
  if (smallest.byteLength > slack * maxBytes) throw tooLarge(maxBytes);
  const encode = (quality: number | null) => (quality === 1 ? Promise.resolve(smallest) : encodeAt(quality));
  const first = await encode(best);
  if (first.byteLength <= maxBytes) return first;
  let found: Buffer | null = null;
  let [low, high] = [1, top];
  while (low <= high) {
    const quality = Math.floor((low + high) / 2);
    const encoded = await encode(quality);
    if (encoded.byteLength <= maxBytes) {
      found = encoded;
      low = quality + 1;
    } else high = quality - 1;
  }
  if (found) return found;
  throw tooLarge(maxBytes);
}

const tooLarge = (maxBytes: number) =>
  new AppError(
    'render_too_large',
    `The thumbnail has more than ${maxBytes} bytes even at quality 1; raise maxBytes or make it smaller.`,
  );
