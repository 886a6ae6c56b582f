import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const leftoverMs = 24 * 60 * 60 * 1000;

/** Removes the files of uploads that died more than a day ago; a directory that cannot be read is left to `check`. */
export function removeLeftovers(directory: string): void {
  try {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (Date.now() - statSync(path).mtimeMs > leftoverMs) rmSync(path, { force: true });
    }
  } catch {
    // Nothing was ever written here, another process was quicker, or `check` will say what is wrong.
  }
}
