/** A piece of a stream; its bytes are good only until the next one is asked for. */
export interface Part {
  bytes: Buffer;
  /** Nothing follows. */
  isLast: boolean;
}

/** Cuts a stream into parts as long as `buffer`, which holds each of them; the last one may be shorter, and empty. */
export async function* cutParts(chunks: AsyncIterable<Uint8Array>, buffer: Buffer): AsyncGenerator<Part> {
  let filled = 0;
  for await (const chunk of chunks) {
    let taken = 0;
    while (taken < chunk.byteLength) {
      if (filled === buffer.byteLength) {
        yield { bytes: buffer, isLast: false };
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + buffer.byteLength - filled);
      buffer.set(piece, filled);
      filled += piece.byteLength;
      taken += piece.byteLength;
    }
  }
  yield { bytes: buffer.subarray(0, filled), isLast: true };
}
