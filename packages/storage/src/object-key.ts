/** The key of an image's original. Ids are UUIDv7, so keys sort by the time of their upload. */
export const originalKey = (imageId: string): string => `originals/${imageId}`;

/** What begins every key of a job's thumbnails. */
export const thumbnailPrefix = (jobId: string): string => `thumbnails/${jobId}/`;

/** The key of a thumbnail: it names its content, so a late run can never overwrite what a row names. */
export const thumbnailKey = (jobId: string, name: string, sha256: string, extension: string): string =>
  `${thumbnailPrefix(jobId)}${name}-${sha256.slice(0, 16)}.${extension}`;
