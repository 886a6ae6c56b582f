import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { forEachConcurrently } from '@thumbnail-api/resilience';
import { nullIfMissing } from './missing-file.ts';
import { removeEmptyDirectories } from './publish-file.ts';

/** As many as the thread pool of the runtime runs at a time. */
const concurrencyMax = 16;

/** A file that could not be deleted. */
export interface FileFailure {
  path: string;
  cause: unknown;
}

/**
 * Deletes files, several at a time, and the directories below `root` that become empty. Does nothing for a missing file.
 *
 * @returns the files that could not be deleted
 * @throws the reason of `signal`
 */
export async function deleteFiles(
  paths: readonly string[],
  root: string,
  signal: AbortSignal | undefined,
): Promise<FileFailure[]> {
  const failures: FileFailure[] = [];
  await forEachConcurrently(paths, concurrencyMax, async (path) => {
    signal?.throwIfAborted();
    await rm(path, { force: true })
      .catch(nullIfMissing)
      .catch((cause) => failures.push({ path, cause }));
  });
  for (const directory of new Set(paths.map((path) => dirname(path)))) await removeEmptyDirectories(directory, root);
  return failures;
}
