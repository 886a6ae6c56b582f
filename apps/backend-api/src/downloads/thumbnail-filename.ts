import type { Job, Thumbnail } from '@thumbnail-api/jobs';
import { splitFilename } from './original-filename.ts';

/** Leaves room for the rest of a filename in a ZIP file: file systems accept 255 bytes. */
const stemMaxBytes = 150;

/** The filename of a thumbnail: the name of its image, its size and the extension of its type. */
export function thumbnailFilename({ image }: Pick<Job, 'image'>, { width, height, type }: Thumbnail): string {
  const { stem } = splitFilename(image.filename);
  // Drops the replacement character that a truncated character decodes to.
  const short = Buffer.from(stem)
    .subarray(0, stemMaxBytes)
    .toString()
    .replace(/\uFFFD+$/, '');
  return `${short || 'thumbnail'}-${width}x${height}.${type.slice('image/'.length)}`;
}
