import type { Job, Thumbnail } from '@thumbnail-api/jobs';

/** So that the whole name, numbered in a ZIP as well, is no longer than the 255 bytes that file systems take. */
const stemMaxBytes = 150;

/** The name under which a thumbnail is saved: that of its picture, its size, the ending of its type. */
export function thumbnailFilename({ image }: Pick<Job, 'image'>, { width, height, type }: Thumbnail): string {
  const name = (image.filename ?? '').split(/[/\\]/).at(-1) ?? '';
  const stem = name.replace(/\.[^.]*$/, '').replace(/\p{Cc}/gu, '');
  // A character that is cut in two becomes a replacement character.
  const short = Buffer.from(stem)
    .subarray(0, stemMaxBytes)
    .toString()
    .replace(/\uFFFD+$/, '');
  return `${short || 'thumbnail'}-${width}x${height}.${type.slice('image/'.length)}`;
}
