/** Bytes on their way in: fetched when somebody asks for them, and never ahead. */
export interface ByteSource {
  /** The next piece, undefined at the end; not asked again before it has answered. Throws what went wrong on the way. */
  next(): Promise<Uint8Array | undefined>;
  /** Lets go of what is unread; harmless at the end, twice, and while a piece is awaited. */
  cancel(reason?: unknown): void;
}
