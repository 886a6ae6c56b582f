import type { ByteRange } from './object-store.ts';

const printable = /^[!-~][ -~]{0,254}$/;

/**
 * Refuses a media type that does not fit into a header field: printable ASCII, 1-255 characters.
 *
 * @throws Error (a fault of the program)
 */
export function assertMediaType(type: string): void {
  if (!printable.test(type)) throw new Error('not a media type');
}

/**
 * Refuses a range that runs backwards, or begins before the first byte.
 *
 * @throws RangeError (a fault of the program)
 */
export function assertRange(range: ByteRange | undefined): void {
  if (!range) return;
  const { first, last } = range;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 0 || last < first)
    throw new RangeError(`not a byte range: ${first}-${last}`);
}

/**
 * Refuses a limit that no store lists in one call.
 *
 * @throws RangeError (a fault of the program)
 */
export function assertListLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new RangeError(`not a limit from 1 to 1000: ${limit}`);
}
