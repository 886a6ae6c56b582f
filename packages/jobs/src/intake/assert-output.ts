import { AppError } from '@thumbnail-api/errors';
import { findOutputFault, type Spec } from '@thumbnail-api/thumbnail-spec';
import type { Original } from './receive-original.ts';

/**
 * Rejects thumbnails that would be too large. An image of unknown size passes: its job fails later if they are.
 *
 * @throws AppError `image_too_large`
 */
export function assertOutput(
  { width, height, frames }: Pick<Original, 'width' | 'height' | 'frames'>,
  specs: Spec[],
  { maxOutputPixels }: { maxOutputPixels: number },
): void {
  if (width === null || height === null) return;
  const fault = findOutputFault(specs, { width, height, frames }, maxOutputPixels);
  if (fault) throw new AppError('image_too_large', fault);
}
