/** A body, as an upload has one, that gives `bytes` in one piece. */
export function sourceOf(bytes: Uint8Array): { next(): Promise<Uint8Array | undefined>; cancel(): void } {
  const pieces = [bytes];
  return { next: async () => pieces.shift(), cancel: () => undefined };
}
