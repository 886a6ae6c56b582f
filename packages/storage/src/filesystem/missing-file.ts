/**
 * Reports whether a file system call failed because the file or directory does not exist, or because the path is a
 * directory instead of a file or a file instead of a directory.
 */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code));

/** Returns null for an error that {@link isMissing} accepts and throws any other. Use it in `catch`. */
export function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
