import { mkdir, open, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { retry } from '@thumbnail-api/resilience';
import { isMissing } from './missing-file.ts';

/** A caller that deletes in a tight loop wins two races of three; no put loses this many in a row. */
const triesMax = 100;

/**
 * Moves a finished file to its final path in one step and syncs it to the disk. Creates missing directories, mode 0700.
 *
 * @throws what the file system throws
 */
export async function publishFile(from: string, to: string): Promise<void> {
  const parent = dirname(to);
  let topmostCreated: string | undefined;
  // A concurrent delete of the last object in the directory may remove the directory before the rename.
  await retry(
    async () => {
      topmostCreated = (await mkdir(parent, { recursive: true, mode: 0o700 })) ?? topmostCreated;
      await rename(from, to);
    },
    { triesMax, pauseMs: () => 0, isRetryable: isMissing },
  );
  await syncDirectories(parent, topmostCreated ? dirname(topmostCreated) : parent);
}

/** Removes a directory and its parents as long as they are empty, up to `root`, which is kept. */
export async function removeEmptyDirectories(directory: string, root: string): Promise<void> {
  let path = directory;
  try {
    for (; path !== root; path = dirname(path)) await rmdir(path);
  } catch {
    // The directory is not empty, or a concurrent call removed it first.
  }
}

/** Without this, a crash may lose the name of a file whose bytes are on the disk. */
async function syncDirectories(from: string, upTo: string): Promise<void> {
  try {
    for (let path = from; path.length >= upTo.length; path = dirname(path)) {
      const directory = await open(path, 'r');
      await directory.sync().finally(() => directory.close());
    }
  } catch (error) {
    // A concurrent delete may have removed the object and its directory.
    if (!isMissing(error)) throw error;
  }
}
