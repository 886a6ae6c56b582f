import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { forEachConcurrently } from '@thumbnail-api/resilience';
import { nullIfMissing } from './missing-file.ts';

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
  await removeEmptyDirectories(new Set(paths.map((path) => dirname(path))), root);
  return failures;
}

/** Removes the directories that are empty, then their parents that became empty, each once. */
async function removeEmptyDirectories(directories: ReadonlySet<string>, root: string): Promise<void> {
  const parents = new Set<string>();
  await forEachConcurrently(directories, concurrencyMax, async (directory) => {
    const isRemoved = directory !== root && (await rmdir(directory).then(toTrue, toFalse));
    if (isRemoved) parents.add(dirname(directory));
  });
  if (parents.size > 0) await removeEmptyDirectories(parents, root);
}

const toTrue = () => true;
/** The directory is not empty, or a concurrent call removed it first. */
const toFalse = () => false;
