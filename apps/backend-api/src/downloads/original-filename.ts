import type { ImageType } from '@thumbnail-api/image-probe';
import { cleanFilename } from '../uploads/clean-filename.ts';

/** As long as the name of an upload may be. */
const lengthMax = 255;

/** The extensions that files of a type have; the first is for files that have another. */
const extensions: Record<ImageType, string[]> = {
  'image/jpeg': ['jpeg', 'jpg', 'jpe', 'jfif'],
  'image/png': ['png'],
  'image/webp': ['webp'],
  'image/gif': ['gif'],
  'image/tiff': ['tiff', 'tif'],
  'image/avif': ['avif'],
  'image/heic': ['heic', 'heif'],
  'image/svg+xml': ['svg'],
};

/**
 * The filename under which an original is downloaded: the name that the client gave it, with an extension of its true type.
 * Another extension could let a system open the file as something else, such as a page or a program.
 */
export function originalFilename({ filename, type }: { filename: string | null; type: string }): string {
  const own = extensions[type as ImageType] ?? [type.slice('image/'.length)];
  const { stem, extension } = splitFilename(filename);
  const kept = (own.includes(extension.toLowerCase()) ? extension : own[0]) ?? '';
  const short = stem.slice(0, lengthMax - 1 - kept.length).toWellFormed();
  return `${short || 'original'}.${kept}`;
}

/** A client's file name without folders, in two parts: before its last dot, and after it. */
export function splitFilename(filename: string | null): { stem: string; extension: string } {
  const name = cleanFilename(filename?.split(/[/\\]/).at(-1)) ?? '';
  const dot = name.lastIndexOf('.');
  return dot < 0 ? { stem: name, extension: '' } : { stem: name.slice(0, dot), extension: name.slice(dot + 1) };
}
