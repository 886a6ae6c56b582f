import type { FileHandle } from 'node:fs/promises';
import { pullStream } from '../pull-stream.ts';
import { storageUnavailable } from '../storage-unavailable.ts';

const chunkBytes = 128 * 1024;

/** The bytes of a file to read: from `start` up to `end`, which is not included. */
export interface FileSlice {
  /** The name of the call in the cause of an error. */
  operation: string;
  start: number;
  end: number;
  signal: AbortSignal | undefined;
}

/**
 * Returns bytes of an open file as a stream, which closes the file at the end, on an error, on an abort and on
 * `cancel`.
 *
 * The stream fails with AppError `storage_unavailable` when the file cannot be read or is shorter than `end`.
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
    if (bytesRead === 0) throw storageUnavailable(operation, new Error(`file ends at ${position} instead of ${end}`));
    position += bytesRead;
    return chunk.subarray(0, bytesRead);
  };
  return pullStream({ next, release: () => file.close() }, signal);
}
