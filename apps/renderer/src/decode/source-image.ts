import type { ImageType } from '@thumbnail-api/image-probe';
import type { Metadata } from 'sharp';
import { findHeldBytes } from './held-bytes.ts';
import { isDisplayP3 } from './is-display-p3.ts';

/** An original whose header was read and found to be within the limits; nothing of it is decoded yet. */
export interface SourceImage {
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
  /** Is in Display P3 without a profile that says so. */
  displayP3: boolean;
  /** About what the decoder holds in memory at once. */
  heldBytes: number;
}

// What the WebP encoder takes.
const uint16 = (value: number) => Math.min(0xff_ff, Math.max(0, value));

/** Takes over what libvips says of a picture. */
export function toSourceImage(bytes: Buffer, type: ImageType, metadata: Metadata): SourceImage {
  const animated = type === 'image/gif' || type === 'image/webp';
  return {
    bytes,
    type,
    ...metadata.autoOrient,
    frames: animated ? (metadata.pages ?? 1) : 1,
    orientation: metadata.orientation ?? 1,
    delay: (metadata.delay ?? []).map(uint16),
    loop: uint16(metadata.loop ?? 0),
    deepProfile: metadata.depth === 'ushort' && metadata.hasProfile === true,
    displayP3: !metadata.hasProfile && isDisplayP3(bytes, type),
    heldBytes: findHeldBytes(metadata),
  };
}
