/** A piece of a stream; its bytes are good only until the next one is asked for. */
export interface Part {
  bytes: Buffer;
  /** Nothing follows. */
  isLast: boolean;
}

/**
 * Cuts a stream into parts of `partBytes` bytes; the last one may be shorter, and is empty for an empty stream.
 *
 * All parts share one buffer: megabytes that are allocated anew for every part wait for the collector, and sixteen uploads
 * at a time then hold hundreds of them.
 */
export async function* cutParts(chunks: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Part> {
  const buffer = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    let taken = 0;
    while (taken < chunk.byteLength) {
      if (filled === partBytes) {
        yield { bytes: buffer, isLast: false };
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + partBytes - filled);
      buffer.set(piece, filled);
      filled += piece.byteLength;
      taken += piece.byteLength;
    }
  }
  yield { bytes: buffer.subarray(0, filled), isLast: true };
}
