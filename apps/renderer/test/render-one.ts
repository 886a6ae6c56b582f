import { type Look, lookAt } from '@thumbnail-api/testing/images';
import { parseJsonOptions, type Spec } from '@thumbnail-api/thumbnail-spec';
import { render } from '../src/pipeline.ts';

/** What a renderer may take unless a test says otherwise. */
export const limits = { maxPixels: 50_000_000, maxOutputPixels: 32_000_000, memoryBytes: 512 * 1024 ** 2 };

/** The one spec that some options ask for. */
export function toOneSpec(options: object): Spec {
  const [spec] = parseJsonOptions(options, {});
  if (!spec) throw new Error('the options ask for no thumbnail');
  return spec;
}

/** Renders one thumbnail and decodes it again. */
export async function renderOne(original: Buffer, options: object, more: Partial<typeof limits> = {}) {
  const { image, thumbnails } = await render(original, [toOneSpec(options)], { ...limits, ...more });
  const [thumbnail] = thumbnails;
  if (!thumbnail) throw new Error('no thumbnail was made');
  const look: Look = await lookAt(thumbnail.bytes);
  return { image, thumbnail, look };
}
