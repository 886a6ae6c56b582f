import type { FileHandle } from 'node:fs/promises';
import { pullStream } from '../pull-stream.ts';
import { storageUnavailable } from '../storage-unavailable.ts';

const chunkBytes = 128 * 1024;

/** Which bytes of a file are read: from `start` up to, and without, `end`. */
export interface FileSlice {
  /** Names the call in an error's cause. */
  operation: string;
  start: number;
  end: number;
  signal: AbortSignal | undefined;
}

/**
 * The bytes of an open file as a stream; it owns the file and closes it at the end, on an error, on the signal and on
 * `cancel`. A file that turns out shorter ends it with `storage_unavailable`.
 */
export function openFileBody(
  file: FileHandle,
  { operation, start, end, signal }: FileSlice,
): ReadableStream<Uint8Array> {
  let position = start;
  const next = async () => {
    if (position >= end) return undefined;
    const chunk = new Uint8Array(Math.min(chunkBytes, end - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.byteLength, position).catch((error) => {
      throw storageUnavailable(operation, error);
    });
    if (bytesRead === 0) throw storageUnavailable(operation, new Error(`the file ends at ${position}, not at ${end}`));
    position += bytesRead;
    return chunk.subarray(0, bytesRead);
  };
  return pullStream({ next, release: () => file.close() }, signal);
}
