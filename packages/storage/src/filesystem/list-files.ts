import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInfo } from '../object-store.ts';
import { headFile } from './find-file.ts';
import { nullIfMissing } from './missing-file.ts';

/** Selects the files whose path starts with `prefix` and sorts after `after`. */
interface PathFilter {
  prefix: string;
  after: string;
}

/** Which files are listed, and how many at most. */
export interface ListFilesOptions extends PathFilter {
  limit: number;
  signal: AbortSignal | undefined;
}

/**
 * Lists the objects in the files below `root`, in the order of their keys by code unit.
 *
 * @throws what the file system throws; the reason of `signal`
 */
export async function listFiles(root: string, { limit, signal, ...filter }: ListFilesOptions): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  // Every match is in this directory, so its neighbours are not read.
  const parent = filter.prefix.slice(0, filter.prefix.lastIndexOf('/') + 1);
  for await (const key of walkFiles(root, filter, parent)) {
    signal?.throwIfAborted();
    const info = await headFile(join(root, key), key);
    if (info) found.push(info);
    if (found.length === limit) break;
  }
  return found;
}

/**
 * Yields the paths of the files relative to `root`, in the order of the whole paths. It opens only directories that may
 * contain a match, and holds one directory of each level in memory. A directory that is deleted meanwhile counts as
 * empty.
 */
async function* walkFiles(root: string, filter: PathFilter, parent: string): AsyncGenerator<string> {
  for (const path of await listChildren(root, parent)) {
    if (path.endsWith('/')) {
      if (mayContainMatch(path, filter)) yield* walkFiles(root, filter, path);
    } else if (path.startsWith(filter.prefix) && path > filter.after) {
      yield path;
    }
  }
}

/** The sorted paths in a directory. A directory ends with `/`, because that decides where its files sort. */
async function listChildren(root: string, parent: string): Promise<string[]> {
  const entries = await readdir(join(root, parent), { withFileTypes: true }).catch(nullIfMissing);
  return (entries ?? []).map((entry) => `${parent}${entry.name}${entry.isDirectory() ? '/' : ''}`).sort();
}

function mayContainMatch(directory: string, { prefix, after }: PathFilter): boolean {
  const overlapsPrefix = directory.startsWith(prefix) || prefix.startsWith(directory);
  return overlapsPrefix && (directory > after || after.startsWith(directory));
}
