import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';

/**
 * The body of a request, with an eye on how fast its client sends it.
 *
 * `next` throws `malformed_multipart` when the client is gone, and what it was cancelled with where that is an AppError, also
 * in the middle of a read; what the client still sends is dropped then.
 */
export interface MeteredBody extends ByteSource {
  /** Reads the first 16 KiB, or all where there is less. Throws what `next` would. */
  readAhead: () => Promise<void>;
  /** Was the client awaited for a second since this was last asked, and sent less than 16 bytes a millisecond? */
  isStalled: () => boolean;
}

const aheadBytes = 16 * 1024;
const patienceMs = 1_000;
const leastBytesPerMs = 16;

/**
 * Wraps a body. `count` is told how many bytes have come before anybody gets them; what it throws ends the body. Only the time
 * in which its client is waited for counts; a store that is slow is not held against it.
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
  let lent: Uint8Array | undefined;

  const stopClock = () => {
    const now = performance.now();
    if (awaitedSince !== null) awaitedMs += now - awaitedSince;
    return now;
  };
  const cancel = (reason?: unknown) => {
    if (complete) return;
    refusal ??= reason instanceof AppError ? reason : cutOff(reason);
    source?.cancel(reason).catch(() => undefined);
  };
  const read = async (): Promise<Uint8Array | undefined> => {
    if (complete || !source) return undefined;
    if (refusal) throw refusal;
    awaitedSince = performance.now();
    try {
      const { done, value } = await source.read();
      complete = done && !refusal;
      bytes += value?.length ?? 0;
      if (!refusal) return value;
    } catch (error) {
      refusal ??= cutOff(error);
    } finally {
      stopClock();
      awaitedSince = null;
    }
    throw refusal;
  };
  return {
    async next() {
      if (refusal) throw refusal;
      release(lent);
      const piece = ahead.shift() ?? (await read());
      lent = piece;
      try {
        if (piece) await count(piece.length);
      } catch (error) {
        cancel(error);
        throw error;
      }
      return piece;
    },
    cancel,
    async readAhead() {
      while (!complete && bytes < aheadBytes) {
        const piece = await read();
        if (piece) ahead.push(piece);
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
  };
}

/** Gives the memory of a piece back at once: what waits for the collector is most of what many large uploads would hold. */
function release(piece: Uint8Array | undefined): void {
  const memory = piece?.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength === piece?.byteLength) memory.transfer(0);
}

const cutOff = (cause: unknown) => new AppError('malformed_multipart', 'The body ends early.', { cause });

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}
