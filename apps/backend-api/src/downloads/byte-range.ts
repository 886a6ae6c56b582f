import type { ByteRange } from '@thumbnail-api/storage';

/** What a `Range` header requests: a range, the whole object, or a range outside the object. */
export type RequestedRange = ByteRange | 'all' | 'unsatisfiable';

/**
 * Parses a `Range` header (RFC 9110, 14.1.2) for an object of `bytes` bytes. A suffix longer than the object means all of it.
 *
 * Returns `all` for a header with several ranges, another unit or a syntax error: a server may ignore those.
 */
export function parseRange(header: string | undefined, bytes: number): RequestedRange {
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
