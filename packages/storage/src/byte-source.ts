/** Bytes on their way in: fetched when somebody asks for them, and never ahead. */
export interface ByteSource {
  /**
   * The next piece, undefined at the end; not asked again before it has answered. Its bytes are good until the next one is asked
   * for: then its memory may be gone. Throws what went wrong on the way.
   */
  next(): Promise<Uint8Array | undefined>;
  /** Lets go of what is unread; harmless at the end, twice, and while a piece is awaited. */
  cancel(reason?: unknown): void;
}
