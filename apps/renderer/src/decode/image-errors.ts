import { AppError } from '@thumbnail-api/errors';

/** The error for an image that a decoder cannot decode. The cause is only logged. */
export const imageCorrupt = (cause: unknown): AppError =>
  new AppError('image_corrupt', 'The image is damaged or incomplete and cannot be decoded.', { cause });

/** The error for a file that is not one of the supported images. The message is public. */
export const unsupportedImage = (message: string, cause?: unknown): AppError =>
  new AppError('unsupported_media_type', message, { cause });
