/** A part of a stream. Its bytes are valid until the next part is requested. */
export interface Part {
  bytes: Buffer;
  isLast: boolean;
}

/**
 * Splits a stream into parts of the length of `buffer`, which holds one part at a time. The last part may be shorter,
 * and is empty for an empty stream.
 */
export async function* splitParts(chunks: AsyncIterable<Uint8Array>, buffer: Buffer): AsyncGenerator<Part> {
  let filled = 0;
  for await (const chunk of chunks) {
    let copied = 0;
    while (copied < chunk.byteLength) {
      if (filled === buffer.byteLength) {
        yield { bytes: buffer, isLast: false };
        filled = 0;
      }
      const piece = chunk.subarray(copied, copied + buffer.byteLength - filled);
      buffer.set(piece, filled);
      filled += piece.byteLength;
      copied += piece.byteLength;
    }
  }
  yield { bytes: buffer.subarray(0, filled), isLast: true };
}
