import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';

/** Bytes that are counted and hashed as they are read. */
export interface CountedBytes {
  /** Throws `payload_too_large` when a piece passes the limit. */
  source: ByteSource;
  /** The count and the SHA-256, in hexadecimal. Call it once, after the source has ended. */
  sum(): { bytes: number; sha256: string };
}

/** Counts and hashes `prefix`, which is not empty, and then `rest`. */
export function countBytes(prefix: Uint8Array, rest: ByteSource, uploadMaxBytes: number): CountedBytes {
  const hash = new Bun.CryptoHasher('sha256');
  let bytes = 0;
  const source: ByteSource = {
    async next() {
      const piece = bytes === 0 ? prefix : await rest.next();
      bytes += piece?.length ?? 0;
      if (bytes > uploadMaxBytes) {
        throw new AppError('payload_too_large', `The file is larger than ${uploadMaxBytes} bytes.`);
      }
      if (piece) hash.update(piece);
      return piece;
    },
    cancel: (reason) => rest.cancel(reason),
  };
  return { source, sum: () => ({ bytes, sha256: hash.digest('hex') }) };
}
