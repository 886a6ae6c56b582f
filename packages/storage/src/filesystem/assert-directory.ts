import { stat } from 'node:fs/promises';

/**
 * Asserts that `path` is a directory or does not exist yet. Below a file every path is missing, so that without this a
 * broken store would look like an empty one.
 *
 * @throws Error otherwise; what the file system throws
 */
export async function assertDirectory(path: string): Promise<void> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stats && !stats.isDirectory()) throw new Error('the path of the objects is not a directory');
}
