import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const leftoverMs = 24 * 60 * 60 * 1000;

/** Creates the directory for files that are being written, mode 0700, if it does not exist. */
export async function makeTemporaryDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/**
 * Checks that files can be written to the directory, by writing one and deleting it.
 *
 * @throws what the file system throws
 */
export async function checkTemporaryDirectory(directory: string): Promise<void> {
  await makeTemporaryDirectory(directory);
  const path = join(directory, randomUUID());
  await writeFile(path, 'x', { flag: 'wx', mode: 0o600 }).finally(() => rm(path, { force: true }));
}

/** Deletes files that are more than a day old: the process that wrote them has died. Ignores every error. */
export function removeLeftovers(directory: string): void {
  try {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (Date.now() - statSync(path).mtimeMs > leftoverMs) rmSync(path, { force: true });
    }
  } catch {
    // There is no directory yet, or another process deleted the file first. `check` reports any other problem.
  }
}
