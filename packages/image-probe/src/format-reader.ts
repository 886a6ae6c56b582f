import type { ByteReader } from './byte-reader.ts';
import type { ImageType, Orientation, ProbedImage } from './probed-image.ts';

/** A {@link ProbedImage} while its format fills it in; it becomes one as soon as `type` is set. */
export interface Draft extends Omit<ProbedImage, 'type' | 'orientation'> {
  type: ImageType | null;
  orientation: Orientation | null;
}

/**
 * Reads one format: sets `type` once the bytes are known to be of it, then each further field as soon as it is known.
 *
 * May stop anywhere with PrefixEnd; what was set until then stands. Returns with `type` null for any other format.
 */
export type FormatReader = (reader: ByteReader, image: Draft) => void;
