import { rm } from 'node:fs/promises';
import { writeObjectFile } from './object-file.ts';
import { publishFile } from './publish-file.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** Where an object's file is written. */
export interface PutFileOptions {
  /** The directory in which the file is written before it is published. It must be on the file system of `path`. */
  temporary: string;
  path: string;
  /** The media type of the object. */
  type: string;
  signal: AbortSignal | undefined;
}

/**
 * Stores an object in the file at `path`, replacing an existing one.
 *
 * @throws what `chunks` or the file system throws; the reason of `signal`. The file at `path` is then unchanged.
 */
export async function putFile(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { temporary, path, type, signal }: PutFileOptions,
): Promise<void> {
  await makeTemporaryDirectory(temporary);
  const written = await writeObjectFile(temporary, chunks, type);
  try {
    signal?.throwIfAborted();
    await publishFile(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}
