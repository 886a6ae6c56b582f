import sharp from 'sharp';
import { libvipsLoaders } from './decode/libvips-loaders.ts';

/**
 * Allows libvips only the loaders of the supported types, and only from memory, so that no image can name a file or a URL.
 *
 * Sets one thread and no cache, so that the resources of a task depend on that task only. Applies to the whole process;
 * idempotent.
 */
export function limitLibvips(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: Object.values(libvipsLoaders).map(({ operation }) => operation) });
}
