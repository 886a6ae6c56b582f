import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nullWhenGone } from './is-gone.ts';

/** Which files are listed: those whose path begins with `prefix` and sorts behind `after`. */
export interface FileFilter {
  prefix: string;
  after: string;
}

/**
 * The paths of a tree's files, relative to `root` and with `/` between the names, in the order of the whole paths by code
 * unit. Holds one directory of each level in memory, and opens only those that may hold what is wanted.
 *
 * @throws what the file system throws; a directory that goes meanwhile is empty
 */
export async function* listFiles(root: string, filter: FileFilter, parent = ''): AsyncGenerator<string> {
  for (const path of await childrenOf(root, parent)) {
    if (path.endsWith('/')) {
      if (mayHoldMatches(path, filter)) yield* listFiles(root, filter, path);
    } else if (path.startsWith(filter.prefix) && path > filter.after) {
      yield path;
    }
  }
}

/** The paths within a directory, sorted; a directory ends with `/` because that decides where its files sort. */
async function childrenOf(root: string, parent: string): Promise<string[]> {
  const entries = await readdir(join(root, parent), { withFileTypes: true }).catch(nullWhenGone);
  return (entries ?? []).map((entry) => `${parent}${entry.name}${entry.isDirectory() ? '/' : ''}`).sort();
}

function mayHoldMatches(directory: string, { prefix, after }: FileFilter): boolean {
  const onTheWay = directory.startsWith(prefix) || prefix.startsWith(directory);
  return onTheWay && (directory > after || after.startsWith(directory));
}
