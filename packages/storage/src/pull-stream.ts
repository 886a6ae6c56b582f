/** Where the chunks of a {@link pullStream} come from. */
export interface ChunkSource {
  /** The next chunk, or undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Lets go of the source; called once, however the stream ends. */
  release(reason?: unknown): Promise<void> | void;
}

/**
 * A stream that fetches a chunk when its reader asks for one and never ahead, so that a slow reader holds the source back.
 *
 * Ends with what `next` throws, or at once with the reason of `signal`, even while `next` is pending. The source is
 * released at the end, on an error, on an abort and on `cancel`.
 */
export function pullStream(source: ChunkSource, signal?: AbortSignal): ReadableStream<Uint8Array> {
  let abort: (() => void) | undefined;
  const finish = async (reason?: unknown) => {
    if (!abort) return;
    signal?.removeEventListener('abort', abort);
    abort = undefined;
    await source.release(reason);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        abort = () => {
          controller.error(signal?.reason);
          finish(signal?.reason).catch(() => undefined);
        };
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted) abort();
      },
      async pull(controller) {
        try {
          const chunk = await source.next();
          if (chunk) return controller.enqueue(chunk);
          await finish();
          controller.close();
        } catch (error) {
          controller.error(error);
          await finish(error).catch(() => undefined);
        }
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  );
}
