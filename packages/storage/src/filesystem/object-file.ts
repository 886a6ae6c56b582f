import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storageDamaged } from '../content/object-content.ts';
import { nullIfMissing } from './missing-file.ts';

/**
 * The length of the trailer of an object's file: one line of JSON, padded with blanks, with the media type.
 *
 * The trailer is in the same file, so one rename publishes bytes and type together. It follows the bytes, so ranges
 * need no offset, and a truncated file is detected. Its length is fixed, so the size of an object is known without
 * opening the file.
 */
export const trailerBytes = 512;

const encodeTrailer = (type: string): Buffer => Buffer.from(`${JSON.stringify({ type }).padEnd(trailerBytes - 1)}\n`);

/**
 * Reads the media type from an open object file of `fileBytes` bytes.
 *
 * @throws AppError `storage_damaged` when the file has no trailer, because it was truncated or is not an object's file
 */
export async function readObjectType(file: FileHandle, fileBytes: number): Promise<string> {
  const trailer = Buffer.alloc(trailerBytes);
  await file.read(trailer, 0, trailerBytes, Math.max(0, fileBytes - trailerBytes));
  return parseTrailer(trailer);
}

function parseTrailer(trailer: Buffer): string {
  try {
    const { type } = JSON.parse(trailer.toString('latin1'));
    if (typeof type === 'string') return type;
  } catch {
    // These bytes are not a trailer.
  }
  throw storageDamaged('the object file has no trailer');
}

/**
 * Reads all bytes of the object in the file at `path`; returns null when there is no such file.
 *
 * @throws what the file system throws; AppError `storage_damaged` when the file is not a whole object
 */
export async function readObjectFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Buffer<ArrayBuffer> | null> {
  const bytes = await readFile(path, { ...(signal && { signal }) }).catch(nullIfMissing);
  if (!bytes) return null;
  parseTrailer(bytes.subarray(-trailerBytes));
  return bytes.subarray(0, -trailerBytes);
}

/**
 * Writes an object's file with a random name in `directory`, syncs it to the disk and returns its path.
 *
 * @throws what `chunks` or the file system throws; the file is then deleted
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
