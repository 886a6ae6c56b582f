import { AppError } from '@thumbnail-api/errors';
import { type ByteSource, ContentDigest } from '@thumbnail-api/storage';

/** Bytes that are counted and hashed as they are read. */
export interface CountedBytes {
  /** Throws `payload_too_large` when a piece passes the limit. */
  source: ByteSource;
  /** The content that was read. Call it once, after the source has ended. */
  sum(): { bytes: number; sha256: string; checksum: string };
}

/** Counts and hashes `prefix`, which is not empty, and then `rest`. */
export function countBytes(prefix: Uint8Array, rest: ByteSource, uploadMaxBytes: number): CountedBytes {
  const digest = new ContentDigest();
  const source: ByteSource = {
    async next() {
      const piece = digest.bytes === 0 ? prefix : await rest.next();
      if (digest.bytes + (piece?.length ?? 0) > uploadMaxBytes) {
        throw new AppError('payload_too_large', `The file is larger than ${uploadMaxBytes} bytes.`);
      }
      if (piece) digest.update(piece);
      return piece;
    },
    cancel: (reason) => rest.cancel(reason),
  };
  return {
    source,
    sum: () => ({ bytes: digest.bytes, sha256: digest.sha256(), checksum: digest.checksum }),
  };
}
