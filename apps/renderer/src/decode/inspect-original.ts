import { AppError } from '@thumbnail-api/errors';
import { type ImageType, probe } from '@thumbnail-api/image-probe';
import sharp, { type Metadata } from 'sharp';
import { vectorMaxSidePx } from '../limit-libvips.ts';
import { assertPixels } from './assert-pixels.ts';
import { imageCorrupt } from './image-corrupt.ts';
import { assertPlainSvg } from './plain-svg.ts';
import { type InspectionLimits, prepareBytes } from './prepare-bytes.ts';
import { type SourceImage, toSourceImage } from './source-image.ts';

/** How libvips calls what the bytes say. */
const vipsFormats: Record<ImageType, string> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/avif': 'heif',
  'image/heic': 'tiff',
  'image/svg+xml': 'svg',
};

/**
 * Reads what an original claims to be and lets it through when it is one of ours and within `maxPixels`.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`
 */
export async function inspectOriginal(original: Buffer, limits: InspectionLimits): Promise<SourceImage> {
  const probed = probe(original);
  if (!probed) throw unsupported('The file is none of JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC and SVG.');
  const { type } = probed;
  if (type === 'image/svg+xml') assertPlainSvg(original);
  assertPixels({ width: probed.width ?? 0, height: probed.height ?? 0, frames: probed.frames }, limits.maxPixels);
  const bytes = await prepareBytes(original, type, limits);
  const metadata = await readMetadata(bytes);
  if (metadata.format !== vipsFormats[type]) throw imageCorrupt(new Error(`${type} read as ${metadata.format}`));
  if (metadata.format === 'heif' && metadata.compression !== 'av1')
    throw unsupported('The picture is compressed in a way that is not taken: export it as JPEG and send that.');
  const picture = toSourceImage(bytes, type, metadata);
  assertPixels(picture, limits.maxPixels);
  if (type === 'image/svg+xml' && Math.max(picture.width, picture.height) > vectorMaxSidePx)
    throw new AppError('image_too_large', `A side of an SVG may have ${vectorMaxSidePx} pixels.`);
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
