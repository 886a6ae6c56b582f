import { AppError } from '@thumbnail-api/errors';

/**
 * Lets a picture through that has at most `maxPixels` over all its frames.
 *
 * @throws AppError `image_too_large`
 */
export function assertPixels(picture: { width: number; height: number; frames: number }, maxPixels: number): void {
  const pixels = picture.width * picture.height * picture.frames;
  if (pixels > maxPixels)
    throw new AppError('image_too_large', `The image has ${pixels} pixels over all frames; ${maxPixels} are taken.`);
}
