import { AppError } from '@thumbnail-api/errors';
import { describeUnsupportedType, type ImageType, probe, uprightSize } from '@thumbnail-api/image-probe';
import { type ByteSource, type ObjectStore, originalKey } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';
import { countBytes } from './count-bytes.ts';

/** A stored original, and what its bytes say about the image. */
export interface Original {
  imageId: string;
  type: ImageType;
  /** Upright size in pixels; null if the first bytes do not tell. */
  width: number | null;
  height: number | null;
  frames: number;
  bytes: number;
  /** In hexadecimal. */
  sha256: string;
  /** CRC-32 as 8 hexadecimal digits. */
  checksum: string;
}

/** The limits of an original. */
export interface OriginalLimits {
  /** The accepted types. */
  types: readonly ImageType[];
  uploadMaxBytes: number;
  /** Width x height x frames. */
  maxPixels: number;
}

/** How many bytes are inspected before any are stored. A file that ends within them is stored with a single call. */
const prefixBytes = 512 * 1024;

/**
 * Stores an upload under a new image id. The type and size are checked before any byte is stored; the bytes are hashed and
 * counted as they pass.
 *
 * When it throws, nothing stays stored. The body has then been read to its end or cancelled.
 *
 * @throws AppError `file_empty`, `unsupported_media_type`, `image_too_large`, `payload_too_large`, `storage_unavailable`,
 *   or what the body throws
 */
export async function receiveOriginal(
  store: ObjectStore,
  body: ByteSource,
  limits: OriginalLimits,
  signal: AbortSignal,
): Promise<Original> {
  const cancelBody = () => body.cancel(signal.reason);
  signal.addEventListener('abort', cancelBody, { once: true });
  try {
    const { prefix, isComplete } = await readPrefix(body);
    const facts = inspect(prefix, limits);
    const imageId = Bun.randomUUIDv7();
    const counted = countBytes(prefix, body, limits.uploadMaxBytes);
    const bytes = isComplete ? await counted.source.next() : undefined;
    await store.put(originalKey(imageId), bytes ?? counted.source, facts.type, { signal }).catch((error) => {
      // Only the answer may have been lost. The upload does not wait for this: if it fails, the sweep removes the object.
      store.delete(originalKey(imageId)).catch(() => undefined);
      throw error;
    });
    return { imageId, ...facts, ...counted.sum() };
  } catch (error) {
    body.cancel(error);
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancelBody);
  }
}

/** Removes an original that will have no row. Best effort: if it fails, the sweep removes the object after the grace time. */
export async function discardOriginal(
  { store, log }: Pick<JobsDeps, 'store' | 'log'>,
  { imageId }: Original,
): Promise<void> {
  await store
    .delete(originalKey(imageId))
    .catch((error) => log.warn({ error, imageId }, 'original not removed, leaving it to the sweep'));
}

/** Copies the pieces: each is valid only until the next one is requested. */
async function readPrefix(body: ByteSource) {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let isComplete = false;
  while (bytes < prefixBytes && !isComplete) {
    const piece = await body.next();
    if (piece) pieces.push(Buffer.from(piece));
    bytes += piece?.length ?? 0;
    isComplete = piece === undefined;
  }
  const [first] = pieces;
  return { prefix: first && pieces.length === 1 ? first : Buffer.concat(pieces, bytes), isComplete };
}

function inspect(prefix: Uint8Array, { types, maxPixels }: OriginalLimits) {
  if (prefix.length === 0) throw new AppError('file_empty', 'The file is empty.');
  const probed = probe(prefix.subarray(0, prefixBytes));
  if (!probed || !types.includes(probed.type))
    throw new AppError('unsupported_media_type', describeUnsupportedType(types));
  const { width, height } = uprightSize(probed);
  if (width !== null && height !== null && width * height * probed.frames > maxPixels) {
    throw new AppError('image_too_large', `The image has more than ${maxPixels} pixels, counted over all frames.`);
  }
  return { type: probed.type, width, height, frames: probed.frames };
}
