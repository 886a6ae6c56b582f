// Collecting takes longer than a small image.
const largeDecoderBytes = 50_000_000;

/** Frees the memory of earlier tasks at once if a decoder is about to hold many bytes. */
export function freeBeforeDecode(decoderBytes: number): void {
  if (decoderBytes > largeDecoderBytes) Bun.gc(true);
}
