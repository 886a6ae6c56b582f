import { AppError } from '@thumbnail-api/errors';
import {
  type ByteRange,
  type ObjectContent,
  type StoredObject,
  storageDamaged,
  verifyBody,
} from '@thumbnail-api/storage';
import type { Logger, ObjectFault } from '@thumbnail-api/telemetry';
import type { ApiDeps } from '../deps.ts';

/** An object that a row names. */
export interface NamedObject {
  key: string;
  kind: ObjectFault['kind'];
  content: ObjectContent;
  /** Reads the row again. Throws AppError `not_found` if it was deleted. */
  readRow: () => Promise<unknown>;
}

/** How an object is read. */
interface OpenOptions {
  /** The whole object if it is left out. */
  range?: ByteRange | null;
  signal: AbortSignal;
  log: Logger;
}

/** Up to this size, bytes are read whole. Bun buffers more than this of a stream that the client does not read. */
const wholeMaxBytes = 256 * 1024;

/**
 * Opens an object or a range of it. Returns bytes if they are few, otherwise a stream.
 *
 * The last byte of an object is returned only if all bytes are those that were stored. So no client can complete the
 * download of a damaged object, not even by resuming it. A small object is verified before this returns. Of a range that
 * ends earlier in a large object, only the size of the object is verified.
 *
 * A missing or damaged object is recorded in the metrics and the log.
 *
 * @throws AppError `not_found`, `storage_damaged`, `storage_unavailable`; the stream `storage_damaged` and
 *   `storage_unavailable`
 */
export async function openObject(
  { store, metrics }: Pick<ApiDeps, 'store' | 'metrics'>,
  { key, kind, content, readRow }: NamedObject,
  { range, signal, log }: OpenOptions,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>> {
  const { first, last } = range ?? { first: 0, last: content.bytes - 1 };
  const isSmall = content.bytes <= wholeMaxBytes;
  const isVerified = isSmall || last === content.bytes - 1;
  const record = (error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'storage_damaged') return;
    metrics.objectFaults.record({ fault: 'damaged', kind, key }, log);
  };
  const open = async (): Promise<StoredObject | null> => {
    const found = await store.find(key, { signal, ...(!isVerified && { range: { first, last } }) });
    if (!found || found.bytes === content.bytes) return found;
    await found.body.cancel();
    throw storageDamaged(`${key} has ${found.bytes} bytes instead of ${content.bytes}`);
  };
  const object = await open().catch((error) => {
    record(error);
    throw error;
  });
  if (!object) {
    await readRow();
    metrics.objectFaults.record({ fault: 'missing', kind, key }, log);
    throw new AppError('not_found', 'The file no longer exists.');
  }
  const body = isVerified ? verifyBody(object.body, { key, content, first, onError: record }) : object.body;
  const length = last - first + 1;
  if (!isSmall && length > wholeMaxBytes) return body;
  return new Uint8Array(await new Response(body).arrayBuffer()).subarray(0, length);
}
