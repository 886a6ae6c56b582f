/** A body that is read chunk by chunk, and never ahead of its reader. */
export interface ByteSource {
  /**
   * Reads the next chunk; undefined at the end. Call it again only after it has resolved. A chunk is valid until the
   * next call, which may reuse its memory. Throws when the body cannot be read.
   */
  next(): Promise<Uint8Array | undefined>;
  /** Stops reading. Has no effect at the end or when called again. May be called while `next` is pending. */
  cancel(reason?: unknown): void;
}

/**
 * Passes the non-empty chunks of a body to `consume`, each when `consume` asks for it, and cancels the body at the end.
 *
 * An abort fails the chunk that `consume` waits for with the reason of `signal`.
 *
 * @throws the error of the body or the reason of `signal`, whatever `consume` makes of it; else what `consume` throws
 */
export async function consumeBody(
  body: ByteSource,
  signal: AbortSignal | undefined,
  consume: (chunks: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const reader = new BodyReader(body, signal);
  try {
    await consume(reader.chunks());
  } catch (error) {
    throw reader.failure ? reader.failure.error : error;
  } finally {
    reader.close();
  }
}

class BodyReader {
  /** Set when the body failed or the signal was aborted while a chunk was read. */
  failure: { error: unknown } | undefined;
  readonly #body: ByteSource;
  readonly #signal: AbortSignal | undefined;
  #rejectChunk: (reason: unknown) => void = () => undefined;

  constructor(body: ByteSource, signal: AbortSignal | undefined) {
    this.#body = body;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.#next(); chunk; chunk = await this.#next()) if (chunk.byteLength > 0) yield chunk;
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#body.cancel();
  }

  readonly #abort = () => this.#rejectChunk(this.#signal?.reason);

  async #next(): Promise<Uint8Array | undefined> {
    try {
      return await this.#nextOrAbort();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** One promise per chunk: a race against one promise for the whole upload would keep every chunk in memory. */
  #nextOrAbort(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      this.#rejectChunk = reject;
      if (this.#signal?.aborted) reject(this.#signal.reason);
      else this.#body.next().then(resolve, reject);
    });
  }
}
