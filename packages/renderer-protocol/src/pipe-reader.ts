const newline = 0x0a;

/** Reads lines and bytes from a pipe, as far as the caller asks for. A pipe that breaks has ended. One call at a time. */
export class PipeReader {
  readonly #reader: { read(): Promise<{ value?: Uint8Array | undefined; done: boolean }> };
  /** Bytes that arrived and were not read yet. */
  #rest: Uint8Array = new Uint8Array();

  constructor(pipe: ReadableStream<Uint8Array>) {
    this.#reader = pipe.getReader();
  }

  /** Whether bytes have arrived that were not read. */
  get hasRest(): boolean {
    return this.#rest.byteLength > 0;
  }

  /**
   * Returns the next line without its end, or null when the pipe has ended.
   *
   * @throws Error for a line of more than `maxBytes`
   */
  async readLine(maxBytes: number): Promise<string | null> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (this.hasRest || (await this.#receive())) {
      const end = this.#rest.indexOf(newline);
      const part = this.#take(end < 0 ? this.#rest.byteLength : end);
      parts.push(part);
      length += part.byteLength;
      if (length > maxBytes) throw new Error(`a line has more than ${maxBytes} bytes`);
      if (end < 0) continue;
      this.#take(1);
      return Buffer.concat(parts).toString();
    }
    return null;
  }

  /** Returns the next `count` bytes, or null when the pipe ends before. */
  async readBytes(count: number): Promise<Buffer<ArrayBuffer> | null> {
    const bytes = Buffer.allocUnsafeSlow(count);
    let at = 0;
    while (at < count) {
      if (!this.hasRest && !(await this.#receive())) return null;
      const part = this.#take(Math.min(count - at, this.#rest.byteLength));
      bytes.set(part, at);
      at += part.byteLength;
    }
    return bytes;
  }

  async #receive(): Promise<boolean> {
    // A process that dies before it has read everything breaks its pipes.
    const { value, done } = await this.#reader.read().catch(() => ({ value: undefined, done: true }));
    this.#rest = value ?? new Uint8Array();
    return !done;
  }

  #take(count: number): Uint8Array {
    const part = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return part;
  }
}
