import { AppError } from '@thumbnail-api/errors';
import { findOutputFault, type Spec } from '@thumbnail-api/spec';
import type { Original } from './receive-original.ts';

/**
 * Refuses here what could only fail later, where the header has told the size.
 *
 * @throws AppError `image_too_large`
 */
export function assertOutput(
  original: Original,
  specs: Spec[],
  { maxOutputPixels }: { maxOutputPixels: number },
): void {
  const { width, height, frames } = original;
  if (width === null || height === null) return;
  const fault = findOutputFault(specs, { width, height, frames }, maxOutputPixels);
  if (fault) throw new AppError('image_too_large', fault);
}
