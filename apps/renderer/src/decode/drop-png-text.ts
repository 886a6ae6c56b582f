const texts = new Set(['tEXt', 'zTXt', 'iTXt']);
const signatureBytes = 8;
const frameBytes = 12;

/**
 * The same PNG without its text chunks: a kilobyte of them can unpack to any size, and the decoder would unpack them.
 *
 * Bytes that do not hang together are passed on as they are, for the decoder to judge.
 */
export function dropPngText(png: Buffer): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  let at = signatureBytes;
  while (at + frameBytes <= png.length) {
    const end = at + frameBytes + png.readUInt32BE(at);
    if (end > png.length) break;
    if (texts.has(png.toString('latin1', at + 4, at + 8))) {
      kept.push(png.subarray(from, at));
      from = end;
    }
    at = end;
  }
  return from === 0 ? png : Buffer.concat([...kept, png.subarray(from)]);
}
