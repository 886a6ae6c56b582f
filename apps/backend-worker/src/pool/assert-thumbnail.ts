import { probe } from '@thumbnail-api/image-probe';
import type { RenderedImage } from '@thumbnail-api/renderer-protocol';
import { formats, type Size, type Spec } from '@thumbnail-api/thumbnail-spec';

/** As much as is read of an upload. The header of a thumbnail is far shorter. */
const prefixBytes = 512 * 1024;

/**
 * Checks that the bytes of a thumbnail are an image of the type and the size that a renderer reported, with no more frames
 * than its spec allows.
 *
 * @throws Error otherwise
 */
export function assertThumbnail(
  content: Uint8Array,
  { spec, width, height }: Size & { spec: Spec },
  image: RenderedImage,
): void {
  const found = probe(content.subarray(0, prefixBytes));
  const { mediaType } = formats[spec.format];
  if (found?.type !== mediaType) throw new Error(`a renderer returned ${found?.type ?? 'no image'} as ${mediaType}`);
  if (found.width !== width || found.height !== height)
    throw new Error(`a renderer returned ${found.width} x ${found.height} as ${width} x ${height}`);
  if (found.frames > (spec.animated ? image.frames : 1)) throw new Error(`a renderer returned ${found.frames} frames`);
}
