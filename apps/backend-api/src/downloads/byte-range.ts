import type { ByteRange } from '@thumbnail-api/storage';

/** What a `Range` header asks of something of `bytes` bytes: a part, everything, or what there is not. */
export type WantedRange = ByteRange | 'all' | 'unsatisfiable';

/**
 * Reads a `Range` header (RFC 9110, 14.1.2): one range of bytes; a suffix longer than the whole is the whole.
 *
 * Anything else, several ranges among it, may be ignored by a server and is: `all`.
 */
export function parseRange(header: string | undefined, bytes: number): WantedRange {
  const [, first = '', last = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    return Number(last) === 0 || bytes === 0
      ? 'unsatisfiable'
      : { first: Math.max(0, bytes - Number(last)), last: bytes - 1 };
  }
  if (last !== '' && Number(last) < Number(first)) return 'all';
  if (Number(first) >= bytes) return 'unsatisfiable';
  return { first: Number(first), last: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
}
