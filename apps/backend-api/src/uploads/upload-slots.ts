import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';
import { type MeteredBody, meterBody } from './meter-body.ts';

/** A request whose body is read piece by piece. */
export interface UploadRequest extends Pick<Request, 'url' | 'headers'> {
  /** Empty where there is none. */
  body: ByteSource;
}

/** A turn to be read. */
export interface UploadSlot {
  /** The request, to be read instead of the one that came in. */
  request: UploadRequest;
  /** Frees the slot and drops what is unread; doing it twice is doing it once. */
  release(): void;
}

/** Lets a bounded number of uploads be read at a time; the others wait their turn. */
export interface UploadSlots {
  /**
   * Waits for the first 16 KiB of a body, or all of it, and then for a free slot: who sends nothing keeps nobody out.
   *
   * @throws AppError `unavailable` when too many wait already, or it waited for 30 s; `request_timeout` when the beginning takes too long
   */
  take(request: Pick<Request, 'url' | 'headers' | 'body'>, sender: Sender): Promise<UploadSlot>;
  /** Slots that are free and taken, and uploads that wait for one. */
  counts(): { free: number; used: number; waiting: number };
}

/** Whom an upload comes from. */
export interface Sender {
  /** Names them. */
  from: string;
  /** ShutdownSignal how many bytes have arrived, before anybody reads them; what it throws ends the upload. */
  count(bytes: number): Promise<void> | void;
}

/** What each slot is bounded by. */
export interface UploadSlotLimits {
  /** Slots. */
  concurrency: number;
  /** For the beginning of a body, and again for the whole of it from its turn on. */
  deadlineMs: number;
}

/** Bun holds up to a megabyte of each body that waits, so their number has to be bounded too. */
const waitingPerSlot = 16;
/** Bun ends a connection on which nothing moves for 60 s, and whoever waited would hear nothing at all. */
const waitMaxMs = 30_000;
const lookEveryMs = 250;
const retryAfterSeconds = 2;

/**
 * Makes the slots. The last quarter of them is for those who hold none, so that nobody alone can take them all; and while
 * others wait, a client that stalls loses its slot: its body ends in `request_timeout`.
 */
export function createUploadSlots({ concurrency, deadlineMs }: UploadSlotLimits): UploadSlots {
  const shared = concurrency - Math.floor(concurrency / 4);
  const reading = new Map<MeteredBody, string>();
  const waiting: { body: MeteredBody; from: string; begin: () => void }[] = [];
  let watch: ReturnType<typeof setInterval> | undefined;

  const mayBegin = (from: string) =>
    reading.size < shared || (reading.size < concurrency && !reading.values().some((holder) => holder === from));
  const cutOffStalled = () => {
    for (const body of reading.keys()) if (body.isStalled()) body.cancel(tooSlow());
  };
  const waitForTurn = async (body: MeteredBody, from: string) => {
    if (waiting.length >= concurrency * waitingPerSlot) throw tooMany();
    const turn = Promise.withResolvers<void>();
    const entry = { body, from, begin: turn.resolve };
    waiting.push(entry);
    watch ??= setInterval(cutOffStalled, lookEveryMs);
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(entry), 1);
      rest();
      turn.reject(tooMany());
    }, waitMaxMs);
    await turn.promise.finally(() => clearTimeout(timer));
  };
  const rest = () => {
    if (waiting.length > 0) return;
    clearInterval(watch);
    watch = undefined;
  };
  const release = (body: MeteredBody) => {
    if (!reading.delete(body)) return;
    body.cancel();
    const index = waiting.findIndex(({ from }) => mayBegin(from));
    for (const next of index < 0 ? [] : waiting.splice(index, 1)) {
      reading.set(next.body, next.from);
      next.begin();
    }
    rest();
  };
  return {
    async take(request, { from, count }) {
      const body = meterBody(request.body, count);
      try {
        await within(deadlineMs, body, () => body.readAhead());
        if (mayBegin(from)) reading.set(body, from);
        else await waitForTurn(body, from);
      } catch (error) {
        body.cancel();
        throw error;
      }
      const timer = setTimeout(() => body.cancel(tooSlow()), deadlineMs);
      const { url, headers } = request;
      return {
        request: { url, headers, body },
        release: () => {
          clearTimeout(timer);
          release(body);
        },
      };
    },
    counts: () => ({ free: concurrency - reading.size, used: reading.size, waiting: waiting.length }),
  };
}

async function within(deadlineMs: number, body: MeteredBody, read: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => body.cancel(tooSlow()), deadlineMs);
  try {
    await read();
  } finally {
    clearTimeout(timer);
  }
}

const tooSlow = () => new AppError('request_timeout', 'The upload took too long.');
const tooMany = () =>
  new AppError('unavailable', 'Too many uploads wait for their turn.', { retryable: true, retryAfterSeconds });
