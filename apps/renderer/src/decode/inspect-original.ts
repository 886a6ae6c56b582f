import { AppError } from '@thumbnail-api/errors';
import { describeUnsupportedType, imageTypes, probe } from '@thumbnail-api/image-probe';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import sharp, { type Metadata } from 'sharp';
import { assertPixels, type DecodeLimits } from './assert-limits.ts';
import { assertPlainSvg, svgMaxSidePx } from './assert-plain-svg.ts';
import { imageCorrupt, unsupportedImage } from './image-errors.ts';
import { libvipsLoaders } from './libvips-loaders.ts';
import { prepareBytes } from './prepare-bytes.ts';
import { type SourceImage, toSourceImage } from './source-image.ts';

/**
 * Reads the header of an original and checks that its type is supported and its size within the limits. A HEIC is decoded;
 * `specs` say whether a preview in it is enough.
 *
 * @throws AppError `unsupported_media_type`, `image_too_large`, `image_corrupt`
 */
export async function inspectOriginal(
  original: Buffer,
  specs: readonly Spec[],
  limits: DecodeLimits,
): Promise<SourceImage> {
  const probed = probe(original);
  // Before any decoder sees a byte: a type that was switched off may have been so for a flaw in its decoder.
  if (!probed || !limits.types.includes(probed.type)) throw unsupportedImage(describeUnsupportedType(limits.types));
  const { type, frames } = probed;
  const { isVector } = imageTypes[type];
  if (isVector) assertPlainSvg(original);
  assertPixels({ width: probed.width ?? 0, height: probed.height ?? 0, frames }, limits.maxPixels);
  const { bytes, size } = await prepareBytes(original, type, specs, limits);
  const metadata = await readMetadata(bytes);
  if (metadata.format !== libvipsLoaders[type].format)
    throw imageCorrupt(new Error(`${type} was read as ${metadata.format}`));
  if (metadata.format === 'heif' && metadata.compression !== 'av1')
    throw unsupportedImage('Unsupported compression of a HEIF image; convert the image to JPEG and upload that.');
  const source = { ...toSourceImage(bytes, type, metadata), ...size };
  assertPixels(source, limits.maxPixels);
  if (isVector && Math.max(source.width, source.height) > svgMaxSidePx)
    throw new AppError('image_too_large', `Each side of an SVG must have at most ${svgMaxSidePx} pixels.`);
  return source;
}

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  try {
    return await sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
  } catch (error) {
    throw imageCorrupt(error);
  }
}
