import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { ByteSource } from '@thumbnail-api/storage';
import { SlotQueue } from './slot-queue.ts';
import { type ChunkCounter, UploadBody } from './upload-body.ts';

/** A request with a body that is read chunk by chunk. */
export interface UploadRequest extends Pick<Request, 'url' | 'headers'> {
  body: ByteSource;
}

/** The right to read one upload. */
export interface UploadSlot {
  /** Replaces the original request. */
  request: UploadRequest;
  /** Frees the slot and drops what was not read. Idempotent. */
  release(): void;
}

/** The sender of an upload. */
export interface Sender {
  /** Identifies the client. */
  address: string;
  count: ChunkCounter;
}

/** The limits of the slots. */
export interface UploadSlotLimits {
  /** The number of slots. */
  concurrency: number;
  /** For the first 16 KiB of a body, and again for the whole body once it has a slot. */
  deadlineMs: number;
}

const timedOut = {
  code: 'request_timeout',
  message: 'The upload took too long. Use a faster connection or send a smaller file.',
} as const;
const checkEveryMs = 250;

/**
 * Limits how many uploads are read at a time. The others wait.
 *
 * While uploads wait, a client that stalls loses its slot: reading its body throws `request_timeout`.
 */
export class UploadSlots {
  readonly #queue: SlotQueue;
  readonly #deadlineMs: number;
  /** The bodies that hold a slot. */
  readonly #reading = new Set<UploadBody>();
  #stallCheck: ReturnType<typeof setInterval> | undefined;

  constructor({ concurrency, deadlineMs }: UploadSlotLimits) {
    this.#queue = new SlotQueue(concurrency);
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Waits for the first 16 KiB of the body (or all of it) and then for a slot. A client that sends nothing occupies no slot.
   *
   * @throws AppError `request_timeout` if the first 16 KiB take too long, `malformed_multipart` if the client disconnects,
   *   and what {@link SlotQueue.acquire} throws
   */
  async acquire(request: Pick<Request, 'url' | 'headers' | 'body'>, { address, count }: Sender): Promise<UploadSlot> {
    const body = new UploadBody(request.body, count);
    try {
      await withDeadline({ ...timedOut, deadlineMs: this.#deadlineMs }, () => body.readAhead());
      const acquired = this.#queue.acquire(address);
      this.#checkForStalls();
      await acquired;
    } catch (error) {
      body.cancel(error);
      throw error;
    }
    this.#reading.add(body);
    const deadline = setTimeout(() => body.cancel(tooSlow()), this.#deadlineMs);
    const release = () => {
      clearTimeout(deadline);
      if (!this.#reading.delete(body)) return;
      body.cancel();
      this.#queue.release(address);
    };
    return { request: { url: request.url, headers: request.headers, body }, release };
  }

  /** The free and used slots, and the uploads that wait for one. */
  counts(): { free: number; used: number; waiting: number } {
    return this.#queue.counts();
  }

  /** Cancels stalled bodies every 250 ms for as long as uploads wait. */
  #checkForStalls(): void {
    if (this.#queue.counts().waiting === 0) return;
    this.#stallCheck ??= setInterval(() => {
      if (this.#queue.counts().waiting === 0) {
        clearInterval(this.#stallCheck);
        this.#stallCheck = undefined;
      } else {
        for (const body of this.#reading) if (body.isStalled()) body.cancel(tooSlow());
      }
    }, checkEveryMs);
  }
}

const tooSlow = () => new AppError(timedOut.code, timedOut.message);
