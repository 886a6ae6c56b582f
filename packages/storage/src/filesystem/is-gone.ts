/**
 * Says whether a call on the file system failed because nothing is there: no such file, or the one of file and directory where
 * the other would be.
 */
export const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code));

/** For `catch`: null when nothing is there, every other error again. */
export function nullWhenGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
