import type { ByteRange } from './object-store.ts';

const printable = /^[!-~][ -~]{0,254}$/;

/**
 * Asserts that a media type fits into a header field: 1 to 255 printable ASCII characters.
 *
 * @throws Error otherwise, because the caller must not pass another one
 */
export function assertMediaType(type: string): void {
  if (!printable.test(type)) throw new Error('not a media type');
}

/**
 * Asserts that a range has integer bounds with 0 <= `first` <= `last`.
 *
 * @throws RangeError otherwise, because the caller must not pass another one
 */
export function assertRange(range: ByteRange | undefined): void {
  if (!range) return;
  const { first, last } = range;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 0 || last < first)
    throw new RangeError(`not a byte range: ${first}-${last}`);
}

/**
 * Asserts that the limit of a listing is an integer from 1 to 1000.
 *
 * @throws RangeError otherwise, because the caller must not pass another one
 */
export function assertListLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new RangeError(`not a limit from 1 to 1000: ${limit}`);
}
