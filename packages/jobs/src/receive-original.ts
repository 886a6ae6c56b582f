import { createHash } from 'node:crypto';
import { AppError } from '@thumbnail-api/errors';
import { type ImageType, probe, uprightSize } from '@thumbnail-api/probe';
import { type ObjectStore, originalKey } from '@thumbnail-api/storage';

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

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

/** How much of a file is looked at before any of it is stored; also the most that one upload holds in memory. */
const prefixBytes = 512 * 1024;

/**
 * Streams an upload into the store under a new image id: probed before a byte is stored, hashed and counted on its way.
 *
 * Nothing is stored when it throws.
 *
 * @throws AppError `file_empty`, `unsupported_media_type`, `image_too_large`, `payload_too_large`, `storage_unavailable`,
 *   or what the stream itself throws
 */
export async function receiveOriginal(
  store: ObjectStore,
  body: ReadableStream<Uint8Array>,
  limits: OriginalLimits,
  signal: AbortSignal,
): Promise<Original> {
  const reader: Reader = body.getReader();
  const abandon = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const { prefix, complete } = await readPrefix(reader);
    const picture = inspect(prefix, limits);
    const imageId = Bun.randomUUIDv7();
    const counted = { bytes: 0, hash: createHash('sha256') };
    const source = countBytes(prefix, complete ? null : reader, counted, limits.uploadMaxBytes);
    await store.put(originalKey(imageId), source, picture.type, { signal }).catch((error) => {
      // It may be there all the same, where only the answer was lost. Nobody waits for this: the sweep is the net.
      store.delete(originalKey(imageId)).catch(() => undefined);
      throw error;
    });
    return { imageId, ...picture, bytes: counted.bytes, sha256: counted.hash.digest('hex') };
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

async function readPrefix(reader: Reader) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let complete = false;
  while (bytes < prefixBytes && !complete) {
    const { done, value } = await reader.read();
    complete = done;
    if (value) {
      chunks.push(value);
      bytes += value.length;
    }
  }
  return { prefix: new Uint8Array(Buffer.concat(chunks, bytes)), complete };
}

function inspect(prefix: Uint8Array, { maxPixels }: OriginalLimits) {
  if (prefix.length === 0) throw new AppError('file_empty', 'The file is empty.');
  const probed = probe(prefix.subarray(0, prefixBytes));
  if (!probed) {
    throw new AppError(
      'unsupported_media_type',
      'The file is none of the pictures that are taken: JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC or SVG.',
    );
  }
  const { width, height } = uprightSize(probed);
  if (width !== null && height !== null && width * height * probed.frames > maxPixels) {
    throw new AppError('image_too_large', `The picture has more than ${maxPixels} pixels.`);
  }
  return { type: probed.type, width, height, frames: probed.frames };
}

function countBytes(
  prefix: Uint8Array,
  rest: Reader | null,
  counted: { bytes: number; hash: ReturnType<typeof createHash> },
  uploadMaxBytes: number,
): ReadableStream<Uint8Array> {
  const take = (chunk: Uint8Array) => {
    counted.bytes += chunk.length;
    if (counted.bytes > uploadMaxBytes) {
      throw new AppError('payload_too_large', `The file is larger than ${uploadMaxBytes} bytes.`);
    }
    counted.hash.update(chunk);
    return chunk;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = counted.bytes === 0 ? prefix : (await rest?.read())?.value;
        if (chunk) controller.enqueue(take(chunk));
        else controller.close();
      },
      async cancel(reason) {
        await rest?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
