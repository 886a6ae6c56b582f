import type { ReadableStreamDefaultReader } from 'node:stream/web';
import type { Context } from 'hono';
import type { ActiveDownload, ActiveDownloads } from '../downloads/active-downloads.ts';
import type { ApiEnv } from './api-env.ts';

/** A client that reads nothing for this long is disconnected. */
const stallMaxMs = 60_000;

/**
 * Streams `source` to the client for as long as the client reads, at its pace. Replaces Bun's idle timeout, which would end
 * a response even while its bytes flow. With `active`, the download is one of those in progress until it ends.
 */
export function streamBody(
  context: Context<ApiEnv>,
  source: ReadableStream<Uint8Array>,
  active?: ActiveDownloads,
): ReadableStream<Uint8Array> {
  context.env?.server?.timeout(context.req.raw, 0);
  // Without a buffer, a pull means that the client has read the chunk before.
  return new ReadableStream(new ResponseBody(source, active), { highWaterMark: 0 });
}

/**
 * A body on its way to a client. It alternates between two states: waiting for the source, from a pull until the chunk
 * arrives, and stalled, from then until the client reads on. It ends once: at the end of the source, by an error of the
 * source, when the client disconnects, or when it is cut off.
 */
class ResponseBody implements ActiveDownload {
  stalledSince: number | null = performance.now();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #active: ActiveDownloads | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: ReadableStream<Uint8Array>, active: ActiveDownloads | undefined) {
    this.#reader = source.getReader();
    this.#active = active;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#active?.add(this);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    clearTimeout(this.#stallTimer);
    this.stalledSince = null;
    const chunk = await this.#read();
    if (!chunk) return controller.close();
    controller.enqueue(chunk);
    this.stalledSince = performance.now();
    this.#stallTimer = setTimeout(() => this.cutOff(), stallMaxMs);
  }

  async cancel(reason: unknown): Promise<void> {
    this.#end();
    await this.#reader.cancel(reason).catch(() => undefined);
  }

  cutOff(): void {
    this.#end();
    const error = new Error('the client stopped reading');
    this.#controller?.error(error);
    this.#reader.cancel(error).catch(() => undefined);
  }

  /** The next chunk, or undefined at the end. */
  async #read(): Promise<Uint8Array | undefined> {
    try {
      const { value } = await this.#reader.read();
      if (!value) this.#end();
      return value;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #end(): void {
    clearTimeout(this.#stallTimer);
    this.#active?.remove(this);
  }
}
