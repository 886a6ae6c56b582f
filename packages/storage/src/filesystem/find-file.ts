import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteRange, ObjectInfo, StoredObject } from '../object-store.ts';
import { nullIfMissing } from './missing-file.ts';
import { readObjectType, trailerBytes } from './object-file.ts';
import { openFileBody } from './open-file-body.ts';

/** Which object is read, and how much of it. */
export interface FindFileOptions {
  key: string;
  /** The name of the call in the cause of an error. */
  operation: string;
  range: ByteRange | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Opens the object in the file at `path`; returns null when there is no such file. The body closes the file.
 *
 * @throws what the file system throws; AppError `storage_damaged` when the file is not a whole object
 */
export async function findFile(path: string, options: FindFileOptions): Promise<StoredObject | null> {
  const file = await open(path, 'r').catch(nullIfMissing);
  if (!file) return null;
  let found: StoredObject | null = null;
  try {
    found = await openObject(file, options);
    return found;
  } finally {
    if (!found) await file.close();
  }
}

async function openObject(file: FileHandle, options: FindFileOptions): Promise<StoredObject | null> {
  const { key, operation, range, signal } = options;
  const stats = await file.stat();
  if (!stats.isFile()) return null;
  const type = await readObjectType(file, stats.size);
  const info = toObjectInfo(key, stats);
  const start = range?.first ?? 0;
  const end = range ? Math.min(info.bytes, range.last + 1) : info.bytes;
  return { ...info, type, body: openFileBody(file, { operation, start, end, signal }) };
}

/**
 * Describes the object in the file at `path` without opening it; returns null when there is no such file.
 *
 * @throws what the file system throws
 */
export async function headFile(path: string, key: string): Promise<ObjectInfo | null> {
  const stats = await stat(path).catch(nullIfMissing);
  return stats?.isFile() ? toObjectInfo(key, stats) : null;
}

const toObjectInfo = (key: string, stats: { size: number; mtime: Date }): ObjectInfo => ({
  key,
  bytes: Math.max(0, stats.size - trailerBytes),
  modifiedAt: stats.mtime,
});
