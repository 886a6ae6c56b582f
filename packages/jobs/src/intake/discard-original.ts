import { originalKey } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';
import type { Original } from './receive-original.ts';

/** Removes an original again. Best effort: what stays behind has no row, and the sweep removes it after the grace time. */
export async function discardOriginal(
  { store, log }: Pick<JobsDeps, 'store' | 'log'>,
  { imageId }: Original,
): Promise<void> {
  await store
    .delete(originalKey(imageId))
    .catch((error) => log.warn({ error, imageId }, 'left an original to the sweep'));
}
