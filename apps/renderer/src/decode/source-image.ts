import { type ImageType, imageTypes } from '@thumbnail-api/image-probe';
import type { Metadata } from 'sharp';
import { estimateDecoderBytes } from './estimate-decoder-bytes.ts';
import { isDisplayP3 } from './is-display-p3.ts';

/** An original that passed the inspection: its header was read, its pixels were not. */
export interface SourceImage {
  bytes: Buffer;
  type: ImageType;
  /** Upright width in pixels. */
  width: number;
  /** Upright height in pixels. */
  height: number;
  /** Frames of an animation, otherwise 1. */
  frames: number;
  /** EXIF orientation of the stored pixels, 1 to 8. */
  orientation: number;
  /** Milliseconds for each frame of an animation. */
  delay: number[];
  /** How often an animation runs; 0 for ever. */
  loop: number;
  /** Whether it has 16 bits per channel and an ICC profile. */
  has16BitProfile: boolean;
  /** Whether it is in Display P3 without an ICC profile. */
  isDisplayP3: boolean;
  /** Estimate of the bytes that the decoder holds at once; 0 if it decodes line by line. */
  decoderBytes: number;
}

/** Creates the description of an image from the metadata that libvips read. */
export function toSourceImage(bytes: Buffer, type: ImageType, metadata: Metadata): SourceImage {
  return {
    bytes,
    type,
    ...metadata.autoOrient,
    frames: imageTypes[type].animates ? (metadata.pages ?? 1) : 1,
    orientation: metadata.orientation ?? 1,
    delay: (metadata.delay ?? []).map(clampToUint16),
    loop: clampToUint16(metadata.loop ?? 0),
    has16BitProfile: metadata.depth === 'ushort' && metadata.hasProfile === true,
    isDisplayP3: !metadata.hasProfile && isDisplayP3(bytes, type),
    decoderBytes: estimateDecoderBytes(metadata),
  };
}

// The range that the WebP encoder accepts.
const clampToUint16 = (value: number) => Math.min(0xff_ff, Math.max(0, value));
