import type { Readable } from 'node:stream';
import type { ByteSource } from '@thumbnail-api/storage';

/**
 * The bytes of one file of a form.
 *
 * - `open`: the parser may add more chunks.
 * - `cancelled`: the same, but they are dropped.
 * - `ended`: the parser has added the last chunk.
 */
export class FormFile implements ByteSource {
  #state: 'open' | 'cancelled' | 'ended' = 'open';
  readonly #chunks: Uint8Array[] = [];
  readonly #feedParser: () => Promise<void>;

  /** `feedParser` parses the next chunk of the form, which may add chunks to `stream`. It throws when the form fails. */
  constructor(stream: Readable, feedParser: () => Promise<void>) {
    this.#feedParser = feedParser;
    stream.on('data', (chunk: Uint8Array) => {
      if (this.#state === 'open') this.#chunks.push(chunk);
    });
    stream.on('end', () => {
      this.#state = 'ended';
    });
    // `feedParser` throws this error too. Without a listener it would end the process.
    stream.on('error', () => undefined);
  }

  async next(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && this.#state !== 'ended') await this.#feedParser();
    const chunk = this.#chunks.shift();
    // Busboy emits no empty chunks: the memory of this one was freed too early. Without this check the file would be cut.
    if (chunk?.byteLength === 0) throw new Error('a chunk of the form was freed before it was read');
    return chunk;
  }

  cancel(): void {
    if (this.#state === 'open') this.#state = 'cancelled';
    this.#chunks.length = 0;
  }
}
