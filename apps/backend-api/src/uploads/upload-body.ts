import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';
import { ClientPace } from './client-pace.ts';

/** Gets the size of each chunk before the chunk is returned. An error that it throws cancels the body. */
export type ChunkCounter = (bytes: number) => Promise<void> | void;

const readAheadBytes = 16 * 1024;

/**
 * The body of an upload request, read chunk by chunk.
 *
 * - `open`: the client may send more. Reads wait for it.
 * - `complete`: the client has sent everything. `next` returns what was read ahead, then undefined.
 * - `cancelled`: `cancel` was called or the client disconnected. Reads throw the reason.
 *
 * `complete` and `cancelled` are final.
 */
export class UploadBody implements ByteSource {
  #state: 'open' | 'complete' | 'cancelled';
  /** What reads throw in the state `cancelled`. */
  #reason: AppError | undefined;
  readonly #reader: ChunkReader | undefined;
  readonly #count: ChunkCounter;
  readonly #pace = new ClientPace();
  readonly #readAhead: Uint8Array[] = [];
  /** The chunk that the last `next` returned. */
  #lent: Uint8Array | undefined;

  constructor(body: ReadableStream<Uint8Array> | null, count: ChunkCounter) {
    this.#reader = body?.getReader();
    this.#state = body ? 'open' : 'complete';
    this.#count = count;
  }

  /** Reads the first 16 KiB, or the whole body if it is shorter. `next` returns these chunks first. */
  async readAhead(): Promise<void> {
    let bytes = 0;
    while (bytes < readAheadBytes) {
      const chunk = await this.#read();
      if (!chunk) return;
      this.#readAhead.push(chunk);
      bytes += chunk.length;
    }
  }

  /**
   * Returns the next chunk, or undefined at the end. The memory of the previous chunk is freed.
   *
   * @throws AppError the reason if the body is cancelled, even during the call; `malformed_multipart` if the client
   *   disconnects; what the counter throws
   */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#reason) throw this.#reason;
    free(this.#lent);
    this.#lent = this.#readAhead.shift() ?? (await this.#read());
    try {
      if (this.#lent) await this.#count(this.#lent.length);
    } catch (error) {
      this.cancel(error);
      throw error;
    }
    return this.#lent;
  }

  /** Stops reading from the client. `next` throws `reason` if it is an AppError, else `malformed_multipart`. */
  cancel(reason?: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'cancelled';
    this.#reason = reason instanceof AppError ? reason : endsEarly(reason);
    this.#reader?.cancel(reason).catch(() => undefined);
  }

  /** See {@link ClientPace.isStalled}. */
  isStalled(): boolean {
    return this.#pace.isStalled();
  }

  async #read(): Promise<Uint8Array | undefined> {
    if (this.#reason) throw this.#reason;
    if (this.#state === 'complete' || !this.#reader) return undefined;
    let chunk: Uint8Array | undefined;
    this.#pace.startWaiting();
    try {
      const { done, value } = await this.#reader.read();
      chunk = value;
      if (done && this.#state === 'open') this.#state = 'complete';
    } catch (error) {
      this.cancel(error);
    } finally {
      this.#pace.stopWaiting(chunk?.length ?? 0);
    }
    // A read that is pending when the body is cancelled ends like one at the end of the body.
    if (this.#reason) throw this.#reason;
    return chunk;
  }
}

/** Frees the memory of a chunk at once. Waiting for the garbage collector would multiply the memory of large uploads. */
function free(chunk: Uint8Array | undefined): void {
  const buffer = chunk?.buffer;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk?.byteLength) buffer.transfer(0);
}

const endsEarly = (cause: unknown) =>
  new AppError('malformed_multipart', 'The request body ended early. Send it again.', { cause });

interface ChunkReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}
