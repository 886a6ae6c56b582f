import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nullWhenGone } from './is-gone.ts';

/**
 * What ends the file of an object: a line of 512 bytes, JSON padded with blanks, that holds its media type.
 *
 * Behind the bytes, so that ranges need no offset; in the same file, so that one rename publishes bytes and type together;
 * of one length, so that the size of an object is known without opening its file; and a file that lost its end is noticed.
 */
export const trailerBytes = 512;

/** The trailer of an object of this media type. */
const encodeTrailer = (type: string): Buffer => Buffer.from(`${JSON.stringify({ type }).padEnd(trailerBytes - 1)}\n`);

/**
 * Reads the media type out of an open object file of `fileBytes` bytes.
 *
 * @throws Error when the file has no trailer: it was cut, or is no object's
 */
export async function readObjectType(file: FileHandle, fileBytes: number): Promise<string> {
  const trailer = Buffer.alloc(trailerBytes);
  await file.read(trailer, 0, trailerBytes, Math.max(0, fileBytes - trailerBytes));
  return parseTrailer(trailer);
}

function parseTrailer(trailer: Buffer): string {
  const { type } = JSON.parse(trailer.toString('latin1'));
  if (typeof type !== 'string') throw new Error('an object file without a media type');
  return type;
}

/**
 * All bytes of the object in the file at `path`; null when there is no such file.
 *
 * @throws what the file system throws; Error when the file is not a whole object
 */
export async function readObjectFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Buffer<ArrayBuffer> | null> {
  const bytes = await readFile(path, { ...(signal && { signal }) }).catch(nullWhenGone);
  if (!bytes) return null;
  parseTrailer(bytes.subarray(-trailerBytes));
  return bytes.subarray(0, -trailerBytes);
}

/**
 * Writes an object's file under a new name into `directory`, down to the disk, and gives its path.
 *
 * @throws whatever `chunks` or the file system throws; no file is left then
 */
export async function writeObjectFile(
  directory: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  type: string,
): Promise<string> {
  const path = join(directory, randomUUID());
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) await writeAll(file, chunk);
    await writeAll(file, encodeTrailer(type));
    await file.sync();
    await file.close();
    return path;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.byteLength) {
    const { bytesWritten } = await file.write(chunk, written);
    written += bytesWritten;
  }
}
