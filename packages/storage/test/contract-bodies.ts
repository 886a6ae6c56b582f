import { createHash } from 'node:crypto';
import type { ByteSource } from '../src/byte-source.ts';

/** `length` bytes that differ from place to place and from seed to seed, the same at every call. */
export function makeBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >> 8) * 7 + seed * 101) & 255;
  return bytes;
}

/** The sha256 of some bytes, in hexadecimal digits: quicker to compare, and to read, than megabytes. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A source of `bytes` in pieces of the given sizes, over and over; a size of 0 makes an empty piece. */
export function sourceOf(bytes: Uint8Array, sizes: number[]): ByteSource {
  let position = 0;
  let turn = 0;
  return {
    next() {
      if (position >= bytes.byteLength) return Promise.resolve(undefined);
      const size = sizes[turn % sizes.length] ?? 1;
      const piece = bytes.slice(position, position + size);
      position += size;
      turn += 1;
      return Promise.resolve(piece);
    },
    cancel: () => undefined,
  };
}

/** A body that gives some bytes and then does what it is told. */
export interface StoppingBody {
  body: ByteSource;
  /** Resolves when the bytes are gone and more is asked for. */
  reached: Promise<void>;
  /** Resolves once the body has been cancelled. */
  cancelled: Promise<void>;
  /** How many bytes have been asked for so far. */
  taken(): number;
}

/** A body of `length` bytes, 1 MiB at a time, that then throws `error`, or without one falls silent for ever, cancelled or not. */
export function stoppingBody(length: number, error?: Error): StoppingBody {
  const reached = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  let taken = 0;
  const body: ByteSource = {
    next() {
      const size = Math.min(1024 * 1024, length - taken);
      taken += size;
      if (size > 0) return Promise.resolve(new Uint8Array(size));
      reached.resolve();
      return error ? Promise.reject(error) : new Promise(() => undefined);
    },
    cancel: () => cancelled.resolve(),
  };
  return { body, reached: reached.promise, cancelled: cancelled.promise, taken: () => taken };
}

/** All bytes of a stream; throws what the stream throws. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
