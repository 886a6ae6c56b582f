import type { Job, Thumbnail } from '@thumbnail-api/jobs';

/** The name under which a thumbnail is saved: that of its picture, its size, the ending of its type. */
export function thumbnailFilename({ image }: Pick<Job, 'image'>, { width, height, type }: Thumbnail): string {
  const name = (image.filename ?? 'thumbnail').split(/[/\\]/).at(-1) ?? '';
  return `${name.replace(/\.[^.]*$/, '') || 'thumbnail'}-${width}x${height}.${type.slice('image/'.length)}`;
}
