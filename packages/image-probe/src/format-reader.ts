import type { ByteReader } from './byte-reader.ts';
import type { ImageType } from './image-types.ts';
import type { Orientation, ProbedImage } from './probed-image.ts';

/** A {@link ProbedImage} while a reader fills it in. It is complete once `type` is set. */
export interface Draft extends Omit<ProbedImage, 'type' | 'orientation'> {
  type: ImageType | null;
  orientation: Orientation | null;
}

/**
 * Reads one format. Sets `type` once the bytes are known to be of that format, then each further field once it is known;
 * leaves `type` null for any other format.
 *
 * @throws PrefixEnd if the bytes end too early; the fields set before stay valid
 */
export type FormatReader = (reader: ByteReader, image: Draft) => void;
