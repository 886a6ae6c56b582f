import { AppError } from '@thumbnail-api/errors';

/** The error for bytes that a decoder gave up on; what it said stays in the log. */
export const imageCorrupt = (cause: unknown): AppError =>
  new AppError('image_corrupt', 'The image is damaged or incomplete and cannot be decoded.', { cause });
