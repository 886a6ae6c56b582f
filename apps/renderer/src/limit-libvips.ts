import sharp from 'sharp';

/** The most bytes of an SVG: its cost has nothing to do with its pixels. */
export const svgMaxBytes = 1_048_576;

/** The longest side of an SVG, as it says itself or as it is drawn: librsvg takes no more. */
export const vectorMaxSidePx = 32_767;

const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif', 'Svg'];

/**
 * Leaves libvips only the decoders of our formats, and those only from memory: no file, no address can be named.
 *
 * One thread and no cache: what a renderer needs depends on its task alone. Holds for the process; may be repeated.
 */
export function limitLibvips(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: loaders.map((loader) => `VipsForeignLoad${loader}Buffer`) });
}
