import { CommitUnknown } from '@thumbnail-api/db';

/** What to do when a commit fails. */
export interface CommitFallback<T> {
  /** Reads what the commit should have written. */
  read: () => Promise<T>;
  /** Removes what was stored for the rows. Called only if they were certainly not written. */
  discard?: () => Promise<unknown>;
}

/**
 * Waits for a commit. If its outcome is unknown, reads the rows and gives those that it finds.
 *
 * If they cannot be found either, nothing is discarded: the rows may exist, and the sweep removes orphans.
 *
 * @throws the error of the commit
 */
export async function resolveUnknownCommit<T>(
  committing: Promise<T>,
  { read, discard }: CommitFallback<T>,
): Promise<T> {
  try {
    return await committing;
  } catch (error) {
    const isUnknown = error instanceof CommitUnknown;
    const found = isUnknown ? await read().catch(() => null) : null;
    if (found !== null) return found;
    if (!isUnknown) await discard?.();
    throw error;
  }
}
