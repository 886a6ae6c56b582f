import type { Readable } from 'node:stream';
import { withDeadline } from '@thumbnail-api/resilience';
import { pullStream } from '../pull-stream.ts';
import { storageDeadline, storageUnavailable } from '../storage-unavailable.ts';

/** What is expected of a response body, and how long to wait for it. */
export interface ResponseBodyLimits {
  /** The name of the call in the cause of an error. */
  operation: string;
  /** The announced length. A body of another length is an error. */
  bytes: number;
  /** The longest wait for one chunk, in milliseconds. The time that the reader takes between chunks does not count. */
  idleMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Returns the body of a response as a stream that always ends. The deadlines of the SDK do not cover the body.
 *
 * The stream fails with AppError `storage_unavailable` on an idle timeout, a lost connection and a wrong length. It
 * closes the connection on `cancel`, on an abort and on every error.
 */
export function openResponseBody(body: Readable, limits: ResponseBodyLimits): ReadableStream<Uint8Array> {
  const { operation, bytes, idleMs, signal } = limits;
  // A connection lost before the first read would be an uncaught 'error' event. The iterator still reports it.
  body.on('error', () => undefined);
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  let received = 0;
  const next = async () => {
    const { done, value } = await withDeadline(storageDeadline(idleMs), () =>
      chunks.next().catch((error) => Promise.reject(storageUnavailable(operation, error))),
    );
    if (!done) {
      received += value.byteLength;
      return value;
    }
    if (received === bytes) return undefined;
    throw storageUnavailable(operation, new Error(`received ${received} bytes of ${bytes}`));
  };
  return pullStream({ next, release: () => void body.destroy() }, signal);
}
