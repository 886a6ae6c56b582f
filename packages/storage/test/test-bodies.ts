import { createHash } from 'node:crypto';
import type { ByteSource } from '../src/byte-source.ts';

/** Makes `length` bytes that depend on their position and on `seed`, and are the same at every call. */
export function makeBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >> 8) * 7 + seed * 101) & 255;
  return bytes;
}

/** Returns the SHA-256 of bytes in hexadecimal, for short and fast comparisons. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Returns a body of `bytes`, in chunks of the given sizes in turn. A size of 0 makes an empty chunk. */
export function sourceOf(bytes: Uint8Array, sizes: number[]): ByteSource {
  let position = 0;
  let turn = 0;
  return {
    next() {
      if (position >= bytes.byteLength) return Promise.resolve(undefined);
      const size = sizes[turn % sizes.length] ?? 1;
      const chunk = bytes.slice(position, position + size);
      position += size;
      turn += 1;
      return Promise.resolve(chunk);
    },
    cancel: () => undefined,
  };
}

/** A body that fails or stalls after some bytes. */
export interface StoppingBody {
  body: ByteSource;
  /** Resolves when all bytes are read and the next chunk is requested. */
  reached: Promise<void>;
  /** Resolves when the body is cancelled. */
  cancelled: Promise<void>;
  /** The number of bytes read so far. */
  bytesRead(): number;
}

/**
 * Returns a body of `length` bytes in chunks of 1 MiB, which then throws `error`, or stalls for ever if there is none.
 */
export function stoppingBody(length: number, error?: Error): StoppingBody {
  const reached = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  let bytesRead = 0;
  const body: ByteSource = {
    next() {
      const size = Math.min(1024 * 1024, length - bytesRead);
      bytesRead += size;
      if (size > 0) return Promise.resolve(new Uint8Array(size));
      reached.resolve();
      return error ? Promise.reject(error) : new Promise(() => undefined);
    },
    cancel: () => cancelled.resolve(),
  };
  return { body, reached: reached.promise, cancelled: cancelled.promise, bytesRead: () => bytesRead };
}

/** Reads all bytes of a stream; throws what the stream throws. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
