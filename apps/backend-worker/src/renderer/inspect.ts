import { AppError } from '@thumbnail-api/errors';
import { type ImageType, probe } from '@thumbnail-api/probe';
import sharp, { type Metadata } from 'sharp';
import { imageCorrupt } from './image-corrupt.ts';
import { type Picture, toPicture } from './picture.ts';
import { assertPlainSvg } from './plain-svg.ts';
import type { RenderLimits } from './render-task.ts';

/** How libvips calls what the bytes say. */
const vipsFormats: Record<ImageType, string> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/avif': 'heif',
  'image/heic': 'heif',
  'image/svg+xml': 'svg',
};

/**
 * Reads what an original claims to be and lets it through when it is one of ours and within `maxPixels`.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`
 */
export async function inspectOriginal(bytes: Buffer, { maxPixels }: RenderLimits): Promise<Picture> {
  const type = probe(bytes)?.type;
  if (!type) throw unsupported('The file is none of JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG.');
  if (type === 'image/svg+xml') assertPlainSvg(bytes);
  const metadata = await readMetadata(bytes);
  if (metadata.format !== vipsFormats[type]) throw imageCorrupt(new Error(`${type} read as ${metadata.format}`));
  if (metadata.format === 'heif' && metadata.compression !== 'av1')
    throw unsupported(
      'HEIC is not taken: export the picture as JPEG, or let the phone save the most compatible format.',
    );
  const picture = toPicture(bytes, type, metadata);
  const pixels = picture.width * picture.height * picture.frames;
  if (pixels > maxPixels)
    throw new AppError('image_too_large', `The image has ${pixels} pixels over all frames; ${maxPixels} are taken.`);
  return picture;
}

const unsupported = (message: string) => new AppError('unsupported_media_type', message);

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  try {
    return await sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
  } catch (error) {
    throw imageCorrupt(error);
  }
}
