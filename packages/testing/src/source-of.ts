/** Returns the body of an upload that delivers `bytes` in one chunk. */
export function sourceOf(bytes: Uint8Array): { next(): Promise<Uint8Array | undefined>; cancel(): void } {
  const chunks = [bytes];
  return { next: async () => chunks.shift(), cancel: () => undefined };
}
