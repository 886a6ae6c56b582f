const keyMaxLength = 1024;
const segment = /^[A-Za-z0-9._-]{1,255}$/;

/** The key of an image's original. Ids are UUIDv7, so keys sort by the time of their upload. */
export const originalKey = (imageId: string): string => `originals/${imageId}`;

/** What begins every key of a job's thumbnails. */
export const thumbnailPrefix = (jobId: string): string => `thumbnails/${jobId}/`;

/** The part of a SHA-256 that identifies a content in object keys and in links: its first 16 hexadecimal digits. */
export const contentVersion = (sha256: string): string => sha256.slice(0, 16);

/** The key of a thumbnail. It identifies the content, so a late run cannot overwrite an object that a row names. */
export const thumbnailKey = (jobId: string, name: string, sha256: string, extension: string): string =>
  `${thumbnailPrefix(jobId)}${name}-${contentVersion(sha256)}.${extension}`;

/** What begins every key by which a bucket knows the installations that use it. */
export const installationsPrefix = 'installations/';

/**
 * The keys by which a bucket knows an installation: `since` is written when it begins to use the bucket, `generation`
 * again and again.
 */
export const installationKey = (id: string, what: 'since' | 'generation'): string =>
  `${installationsPrefix}${id}/${what}`;

/** What a key names. */
export type KeySubject = { kind: 'original'; imageId: string } | { kind: 'thumbnail'; jobId: string };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const originalPattern = new RegExp(`^originals/(${uuid})$`);
const thumbnailPattern = new RegExp(`^thumbnails/(${uuid})/[^/]+$`);

/** Reads back what {@link originalKey} and {@link thumbnailKey} wrote; null for a key of anything else. */
export function parseObjectKey(key: string): KeySubject | null {
  const imageId = originalPattern.exec(key)?.[1];
  if (imageId) return { kind: 'original', imageId };
  const jobId = thumbnailPattern.exec(key)?.[1];
  return jobId ? { kind: 'thumbnail', jobId } : null;
}

/**
 * Refuses a key that could mean another place in some store: segments of `A-Z a-z 0-9 . _ -`, joined by `/`, none of them
 * `.` or `..` or empty; at most 1024 characters, 255 a segment.
 *
 * @throws Error (a fault of the program, not of a request) for any other key
 */
export function assertObjectKey(key: string): void {
  const isSafe = (part: string) => segment.test(part) && part !== '.' && part !== '..';
  if (key.length > keyMaxLength || !key.split('/').every(isSafe)) throw new Error(`not an object key: ${key}`);
}
