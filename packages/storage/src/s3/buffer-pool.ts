/**
 * Buffers of one size that are used again. The pool grows to the largest number of buffers in use at the same time.
 *
 * Without it, the 5 MiB buffer of each upload would wait for garbage collection: sixteen concurrent uploads would hold
 * hundreds of megabytes, and every upload would pay for mapping new pages.
 */
export class BufferPool {
  readonly #bytes: number;
  readonly #free: Buffer[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Runs `work` with a buffer that nothing else uses until `work` has finished. */
  async withBuffer<T>(work: (buffer: Buffer) => Promise<T>): Promise<T> {
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
    try {
      return await work(buffer);
    } finally {
      this.#free.push(buffer);
    }
  }
}
