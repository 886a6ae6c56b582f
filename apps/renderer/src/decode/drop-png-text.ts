const textChunks = new Set(['tEXt', 'zTXt', 'iTXt']);
const signatureBytes = 8;
// Length, name and checksum.
const chunkOverheadBytes = 12;

/**
 * Removes the text chunks of a PNG. The decoder would unpack them, and a kilobyte of text can unpack to any size.
 *
 * Copies nothing if there is no text. From the first malformed chunk on, the bytes are left for the decoder to reject.
 */
export function dropPngText(png: Buffer): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  let at = signatureBytes;
  while (at + chunkOverheadBytes <= png.length) {
    const end = at + chunkOverheadBytes + png.readUInt32BE(at);
    if (end > png.length) break;
    if (textChunks.has(png.toString('latin1', at + 4, at + 8))) {
      kept.push(png.subarray(from, at));
      from = end;
    }
    at = end;
  }
  return from === 0 ? png : Buffer.concat([...kept, png.subarray(from)]);
}
