const keyMaxLength = 1024;
const segment = /^[A-Za-z0-9._-]{1,255}$/;

/** Returns the key of an original. Ids are UUIDv7, so the keys sort by upload time. */
export const originalKey = (imageId: string): string => `originals/${imageId}`;

/** Returns the prefix of the keys of a job's thumbnails. */
export const thumbnailPrefix = (jobId: string): string => `thumbnails/${jobId}/`;

/** Returns the part of a SHA-256 that identifies content in object keys and links: its first 16 hexadecimal digits. */
export const contentVersion = (sha256: string): string => sha256.slice(0, 16);

/**
 * Returns the key of a thumbnail. It contains a hash of the content, so a late run cannot overwrite another thumbnail.
 */
export const thumbnailKey = (jobId: string, name: string, sha256: string, extension: string): string =>
  `${thumbnailPrefix(jobId)}${name}-${contentVersion(sha256)}.${extension}`;

/** The key that is written and read to find out whether the store works. All processes share it. */
export const probeKey = 'probes/storage';

/** The prefix of the keys that identify the installations which use a bucket. */
export const installationsPrefix = 'installations/';

/**
 * Returns a key of an installation. `since` is written when it starts to use the bucket, `generation` by every search
 * for orphans, and `clock` to read the clock of the store.
 */
export const installationKey = (id: string, name: 'since' | 'generation' | 'clock'): string =>
  `${installationsPrefix}${id}/${name}`;

/** The prefix of the keys of quarantined orphans. */
export const quarantinePrefix = 'orphans/';

/** Returns the key under which an orphan is kept until it is erased. */
export const quarantineKey = (key: string): string => `${quarantinePrefix}${key}`;

/** The prefix of the keys of deletion markers. */
export const deletionsPrefix = 'deletions/';

/** Returns the key of a deletion marker. Ids are UUIDv7, so the keys sort by time. */
export const deletionKey = (id: string): string => `${deletionsPrefix}${id}`;

/** The image or job that a key belongs to. */
export type KeySubject = { kind: 'original'; imageId: string } | { kind: 'thumbnail'; jobId: string };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const originalPattern = new RegExp(`^originals/(${uuid})$`);
const thumbnailPattern = new RegExp(`^thumbnails/(${uuid})/[^/]+$`);

/** Parses a key made by {@link originalKey} or {@link thumbnailKey}; returns null for any other key. */
export function parseObjectKey(key: string): KeySubject | null {
  const imageId = originalPattern.exec(key)?.[1];
  if (imageId) return { kind: 'original', imageId };
  const jobId = thumbnailPattern.exec(key)?.[1];
  return jobId ? { kind: 'thumbnail', jobId } : null;
}

/**
 * Asserts that a key means the same object in every store.
 *
 * A key has at most 1024 characters. Its segments, joined by `/`, have 1 to 255 characters of `A-Z a-z 0-9 . _ -` and
 * are not `.` or `..`.
 *
 * @throws Error otherwise, because the caller must not pass another key
 */
export function assertObjectKey(key: string): void {
  const isSafe = (part: string) => segment.test(part) && part !== '.' && part !== '..';
  if (key.length > keyMaxLength || !key.split('/').every(isSafe)) throw new Error(`not an object key: ${key}`);
}
