import { open, stat } from 'node:fs/promises';
import type { ByteRange, ObjectInfo, StoredObject } from '../object-store.ts';
import { openFileBody } from './file-body.ts';
import { nullWhenGone } from './is-gone.ts';
import { readObjectType, trailerBytes } from './object-file.ts';

/** What is read of an object's file. */
export interface FindFileOptions {
  key: string;
  /** Names the call in an error's cause. */
  operation: string;
  range: ByteRange | undefined;
  signal: AbortSignal | undefined;
}

/**
 * The object in the file at `path`, or null when there is no such file; its body closes the file.
 *
 * @throws what the file system throws; Error when the file is not a whole object
 */
export async function findFile(path: string, options: FindFileOptions): Promise<StoredObject | null> {
  const { key, operation, range, signal } = options;
  const file = await open(path, 'r').catch(nullWhenGone);
  if (!file) return null;
  try {
    const stats = await file.stat();
    if (stats.isFile()) {
      const type = await readObjectType(file, stats.size);
      const info = toObjectInfo(key, stats);
      const end = range ? Math.min(info.bytes, range.last + 1) : info.bytes;
      return { ...info, type, body: openFileBody(file, { operation, start: range?.first ?? 0, end, signal }) };
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}

/**
 * What the name and size of the file at `path` say of its object, or null when there is no such file.
 *
 * @throws what the file system throws
 */
export async function describeFile(path: string, key: string): Promise<ObjectInfo | null> {
  const stats = await stat(path).catch(nullWhenGone);
  return stats?.isFile() ? toObjectInfo(key, stats) : null;
}

/** The size and date of an object whose file has this size and date. */
const toObjectInfo = (key: string, stats: { size: number; mtime: Date }): ObjectInfo => ({
  key,
  bytes: Math.max(0, stats.size - trailerBytes),
  modifiedAt: stats.mtime,
});
