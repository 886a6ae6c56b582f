/** Says whether a call on the file system failed because nothing is there: no such file, or a file where a directory would be. */
export const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** For `catch`: null when nothing is there, every other error again. */
export function nullWhenGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
