import { mkdir, open, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isGone } from './is-gone.ts';

/** One that deletes in a tight loop wins two races of three; nobody loses this many. */
const tries = 100;

/**
 * Moves a finished file to its place in one step and down to the disk; directories on the way are made, 0700.
 *
 * @throws what the file system throws
 */
export async function publishFile(from: string, to: string): Promise<void> {
  const parent = dirname(to);
  const made = await moveTo(parent, () => rename(from, to), tries);
  await syncDirectories(parent, made ? dirname(made) : parent);
}

/** Removes a directory and those above it while they are empty, up to `root`, which stays. */
export async function removeEmptyDirectories(directory: string, root: string): Promise<void> {
  let path = directory;
  try {
    for (; path !== root; path = dirname(path)) await rmdir(path);
  } catch {
    // Not empty, or another call was quicker: either way there is nothing left to do.
  }
}

/** Gives the topmost directory that had to be made. */
async function moveTo(parent: string, move: () => Promise<void>, left: number): Promise<string | undefined> {
  const made = await mkdir(parent, { recursive: true, mode: 0o700 });
  try {
    await move();
    return made;
  } catch (error) {
    // Whoever deleted the last object of the directory may have removed it in between.
    if (!isGone(error) || left === 1) throw error;
    return (await moveTo(parent, move, left - 1)) ?? made;
  }
}

/** Without it a crash may lose the name of a file whose bytes are on the disk. */
async function syncDirectories(from: string, upTo: string): Promise<void> {
  try {
    for (let path = from; path.length >= upTo.length; path = dirname(path)) {
      const directory = await open(path, 'r');
      await directory.sync().finally(() => directory.close());
    }
  } catch (error) {
    // The object was deleted meanwhile, and its directory with it.
    if (!isGone(error)) throw error;
  }
}
