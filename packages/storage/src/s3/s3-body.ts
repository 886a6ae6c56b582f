import type { Readable } from 'node:stream';
import { withDeadline } from '@thumbnail-api/resilience';
import { pullStream } from '../pull-stream.ts';
import { storageUnavailable, unavailableMessage } from '../storage-unavailable.ts';

/** What the answer's head said of the body, and how long to wait for it. */
export interface BodyLimits {
  /** Names the call in an error's cause. */
  operation: string;
  /** The length that was announced; another one is an error. */
  bytes: number;
  /** The longest silence while a chunk is being waited for, in milliseconds. */
  silenceMs: number;
  signal: AbortSignal | undefined;
}

/**
 * The body of an answer as a stream that always ends: the SDK's own deadlines stop at the head of an answer.
 *
 * A silence, a lost connection and a length other than the announced one end it with `storage_unavailable`. The connection
 * is let go of on `cancel`, on the signal and on every error.
 */
export function openS3Body(body: Readable, limits: BodyLimits): ReadableStream<Uint8Array> {
  const { operation, bytes, silenceMs, signal } = limits;
  // A connection lost before the first read would otherwise be an uncaught 'error' event; the iterator still reports it.
  body.on('error', () => undefined);
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  let received = 0;
  const silence = { deadlineMs: silenceMs, code: 'storage_unavailable', message: unavailableMessage } as const;
  const next = async () => {
    const { done, value } = await withDeadline(silence, () =>
      chunks.next().catch((error) => Promise.reject(storageUnavailable(operation, error))),
    );
    if (!done) {
      received += value.byteLength;
      return value;
    }
    if (received === bytes) return undefined;
    throw storageUnavailable(operation, new Error(`${received} bytes came of ${bytes}`));
  };
  return pullStream({ next, release: () => void body.destroy() }, signal);
}
