import type { ImageType } from '@thumbnail-api/probe';
import type { Metadata } from 'sharp';

/** An original whose header was read and found to be within the limits; nothing of it is decoded yet. */
export interface Picture {
  bytes: Buffer;
  type: ImageType;
  /** Upright, in pixels. */
  width: number;
  height: number;
  /** Frames of an animation, else 1. */
  frames: number;
  /** EXIF orientation that the decoder leaves to us, 1 to 8. */
  orientation: number;
  /** How the animation runs: milliseconds by frame, and how often (0: for ever). */
  delay: number[];
  loop: number;
  /** Has 16 bits a channel and an ICC profile. */
  deepProfile: boolean;
}

/** Takes over what libvips says of a picture. */
export function toPicture(bytes: Buffer, type: ImageType, metadata: Metadata): Picture {
  const animated = type === 'image/gif' || type === 'image/webp';
  return {
    bytes,
    type,
    ...metadata.autoOrient,
    frames: animated ? (metadata.pages ?? 1) : 1,
    orientation: metadata.orientation ?? 1,
    delay: metadata.delay ?? [],
    loop: metadata.loop ?? 0,
    deepProfile: metadata.depth === 'ushort' && metadata.hasProfile === true,
  };
}
