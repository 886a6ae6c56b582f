import { AppError } from '@thumbnail-api/errors';

/** The body of a request, with an eye on how fast its client sends it. */
export interface MeteredBody {
  /** The bytes, as fast as they are read; null where there is no body. Throws `malformed_multipart` when the client is gone. */
  stream: ReadableStream<Uint8Array> | null;
  /** Reads the first 16 KiB, or all where there is less. Throws what the stream would. */
  readAhead: () => Promise<void>;
  /** Was the client awaited for a second since this was last asked, and sent less than 16 bytes a millisecond? */
  isStalled: () => boolean;
  /** Ends the stream with an error, also in the middle of a read; what the client still sends is dropped. */
  giveUp: (error: AppError) => void;
  /** Drops what is unread. */
  close: () => void;
}

const aheadBytes = 16 * 1024;
const patienceMs = 1_000;
const leastBytesPerMs = 16;

/**
 * Wraps a body. `count` is told how many bytes have come before anybody gets them; what it throws ends the stream. Only the time in which its client is waited for counts; a store that is slow is not held
 * against it.
 */
export function meterBody(
  body: ReadableStream<Uint8Array> | null,
  count: (bytes: number) => Promise<void> | void,
): MeteredBody {
  const source: Reader | undefined = body?.getReader();
  const ahead: Uint8Array[] = [];
  let complete = source === undefined;
  let refusal: AppError | null = null;
  let awaitedSince: number | null = null;
  let awaitedMs = 0;
  let bytes = 0;

  const stopClock = () => {
    const now = performance.now();
    if (awaitedSince !== null) awaitedMs += now - awaitedSince;
    return now;
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    awaitedSince = performance.now();
    const read = complete ? undefined : await source?.read().catch(cutOff);
    stopClock();
    awaitedSince = null;
    if (refusal) throw refusal;
    if (read instanceof AppError) throw read;
    complete = read?.done ?? true;
    bytes += read?.value?.length ?? 0;
    return read?.value;
  };
  const drop = (reason?: unknown) => {
    source?.cancel(reason).catch(() => undefined);
  };
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const chunk = ahead.shift() ?? (await next());
    if (!chunk) return controller.close();
    try {
      await count(chunk.length);
    } catch (error) {
      drop(error);
      throw error;
    }
    controller.enqueue(chunk);
  };
  return {
    stream: body && new ReadableStream<Uint8Array>({ pull, cancel: drop }, { highWaterMark: 0 }),
    async readAhead() {
      while (!complete && bytes < aheadBytes) {
        const chunk = await next();
        if (chunk) ahead.push(chunk);
      }
    },
    isStalled() {
      const now = stopClock();
      if (awaitedSince !== null) awaitedSince = now;
      if (awaitedMs < patienceMs) return false;
      const tooSlow = bytes < awaitedMs * leastBytesPerMs;
      bytes = 0;
      awaitedMs = 0;
      return tooSlow;
    },
    giveUp(error) {
      refusal = error;
      drop(error);
    },
    close: () => {
      if (!complete) drop();
    },
  };
}

const cutOff = (cause: unknown) => new AppError('malformed_multipart', 'The body ends early.', { cause });

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}
