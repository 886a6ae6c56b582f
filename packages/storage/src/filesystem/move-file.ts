import { randomUUID } from 'node:crypto';
import { open, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, nullIfMissing } from './missing-file.ts';
import { publishFile } from './publish-file.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** The paths of a move, all on one file system. */
export interface MoveFilePaths {
  from: string;
  to: string;
  /** The directory for temporary files. */
  temporary: string;
}

/**
 * Renames an object's file, replacing an existing one, and gives it a fresh modification time. Returns false when there is
 * no such file.
 *
 * @throws what the file system throws
 */
export async function moveFile({ from, to, temporary }: MoveFilePaths): Promise<boolean> {
  const stats = await stat(from).catch(nullIfMissing);
  if (!stats?.isFile()) return false;
  const now = await readFileSystemClock(temporary);
  try {
    // Before the rename: after a crash in between the file is too young under its old key, not too old under its new one.
    await utimes(from, now, now);
    // A missing `to` directory is created; a missing `from` would be retried, so it is checked first.
    await publishFile(from, to);
    return true;
  } catch (error) {
    if (isMissing(error) && !(await stat(from).catch(nullIfMissing))) return false;
    throw error;
  }
}

/** Reads the clock that dates files, which on a network file system is that of its server. */
async function readFileSystemClock(temporary: string): Promise<Date> {
  await makeTemporaryDirectory(temporary);
  const path = join(temporary, randomUUID());
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write('x');
    return (await file.stat()).mtime;
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
