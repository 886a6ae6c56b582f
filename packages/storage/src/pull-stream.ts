/** Where a {@link pullStream} reads its chunks. */
export interface ChunkSource {
  /** Reads the next chunk; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Closes the source. Called once, however the stream ends. */
  release(reason?: unknown): Promise<void> | void;
}

/**
 * Returns a stream that reads a chunk only when its reader asks for one, so that a slow reader slows down the source.
 *
 * The stream fails with the error of `next`, or with the reason of `signal` even while `next` is pending. The source is
 * released at the end, on an error, on an abort and on `cancel`.
 */
export const pullStream = (source: ChunkSource, signal?: AbortSignal): ReadableStream<Uint8Array> =>
  new ReadableStream(new PullSource(source, signal), { highWaterMark: 0 });

/** The underlying source of the stream. */
class PullSource {
  readonly #source: ChunkSource;
  readonly #signal: AbortSignal | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isReleased = false;

  constructor(source: ChunkSource, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    if (this.#signal?.aborted) this.#abort();
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const chunk = await this.#source.next();
      if (chunk) return controller.enqueue(chunk);
      await this.#release();
      controller.close();
    } catch (error) {
      controller.error(error);
      await this.#release(error).catch(() => undefined);
    }
  }

  async cancel(reason?: unknown): Promise<void> {
    await this.#release(reason);
  }

  readonly #abort = () => {
    const reason = this.#signal?.reason;
    this.#controller?.error(reason);
    this.#release(reason).catch(() => undefined);
  };

  async #release(reason?: unknown): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    await this.#source.release(reason);
  }
}
