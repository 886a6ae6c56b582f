import { bytes, u16le } from './bytes.ts';

/** A frame of a few bytes with the given position and size. */
export const gifFrame = (left: number, top: number, width: number, height: number): Uint8Array =>
  bytes([0x2c], u16le(left), u16le(top), u16le(width), u16le(height), [0, 2, 2, 0x44, 0x01, 0]);

/** A GIF with a global table of two colours. */
export const gifFile = (width: number, height: number, ...frames: Uint8Array[]): Uint8Array =>
  bytes('GIF89a', u16le(width), u16le(height), [0x80, 0, 0], new Uint8Array(6), ...frames, [0x3b]);
