import { AppError } from '@thumbnail-api/errors';
import { type ImageType, probe, unsupportedTypeMessage, uprightSize } from '@thumbnail-api/image-probe';
import { type ByteSource, type ObjectStore, originalKey } from '@thumbnail-api/storage';

/** What the door knows of a picture once its bytes are stored. */
export interface Original {
  imageId: string;
  type: ImageType;
  /** Upright size in pixels; null where the first bytes do not tell. */
  width: number | null;
  height: number | null;
  frames: number;
  bytes: number;
  /** In hexadecimal. */
  sha256: string;
}

/** The bounds of the door. */
export interface OriginalLimits {
  uploadMaxBytes: number;
  /** Width x height x frames. */
  maxPixels: number;
}

/** How much of a file is looked at before any of it is stored; a file that ends within it is stored in one piece. */
const prefixBytes = 512 * 1024;

/**
 * Brings an upload into the store under a new image id: probed before a byte is stored, hashed and counted on its way.
 *
 * Nothing is stored when it throws; the body has been read to its end or is cancelled.
 *
 * @throws AppError `file_empty`, `unsupported_media_type`, `image_too_large`, `payload_too_large`, `storage_unavailable`,
 *   or what the body itself throws
 */
export async function receiveOriginal(
  store: ObjectStore,
  body: ByteSource,
  limits: OriginalLimits,
  signal: AbortSignal,
): Promise<Original> {
  const abandon = () => body.cancel(signal.reason);
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const { prefix, isComplete } = await readPrefix(body);
    const picture = inspect(prefix, limits);
    const imageId = Bun.randomUUIDv7();
    const counted = countBytes(prefix, body, limits.uploadMaxBytes);
    const bytes = isComplete ? await counted.source.next() : undefined;
    await store.put(originalKey(imageId), bytes ?? counted.source, picture.type, { signal }).catch((error) => {
      // It may be there all the same, where only the answer was lost. Nobody waits for this: the sweep is the net.
      store.delete(originalKey(imageId)).catch(() => undefined);
      throw error;
    });
    return { imageId, ...picture, ...counted.sum() };
  } catch (error) {
    body.cancel(error);
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

/** Copied: a piece is good only until the next one is asked for. */
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

function inspect(prefix: Uint8Array, { maxPixels }: OriginalLimits) {
  if (prefix.length === 0) throw new AppError('file_empty', 'The file is empty.');
  const probed = probe(prefix.subarray(0, prefixBytes));
  if (!probed) throw new AppError('unsupported_media_type', unsupportedTypeMessage);
  const { width, height } = uprightSize(probed);
  if (width !== null && height !== null && width * height * probed.frames > maxPixels) {
    throw new AppError('image_too_large', `The picture has more than ${maxPixels} pixels.`);
  }
  return { type: probed.type, width, height, frames: probed.frames };
}

/** What begins with `prefix` and goes on with `rest`, hashed and counted as it passes. */
function countBytes(prefix: Uint8Array, rest: ByteSource, uploadMaxBytes: number) {
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
