import { AppError } from '@thumbnail-api/errors';

/** Each upload that waits holds up to a megabyte inside Bun, so their number is limited too. */
const waitingPerSlot = 16;
/** Below the 60 s after which Bun closes an idle connection, so that the client gets a response. */
const waitMaxMs = 30_000;
const retryAfterSeconds = 2;

interface Waiter {
  client: string;
  start: () => void;
}

/**
 * A fixed number of slots, handed out in order of arrival.
 *
 * The last quarter of the slots is reserved for clients that hold none, so no single client can occupy all of them.
 */
export class SlotQueue {
  readonly #slots: number;
  /** Slots that are open to every client. The rest are for clients that hold none. */
  readonly #sharedSlots: number;
  /** The client of each used slot. */
  readonly #holders: string[] = [];
  readonly #waiting: Waiter[] = [];

  constructor(slots: number) {
    this.#slots = slots;
    this.#sharedSlots = slots - Math.floor(slots / 4);
  }

  /**
   * Returns when `client` holds a slot. Each acquired slot must be released once.
   *
   * @throws AppError `unavailable` if too many wait already, or after 30 seconds
   */
  async acquire(client: string): Promise<void> {
    if (this.#mayStart(client)) this.#holders.push(client);
    else await this.#wait(client);
  }

  /** Gives back a slot of `client` and starts those that may take it. */
  release(client: string): void {
    const index = this.#holders.indexOf(client);
    if (index >= 0) this.#holders.splice(index, 1);
    for (let next = this.#shiftNext(); next; next = this.#shiftNext()) {
      this.#holders.push(next.client);
      next.start();
    }
  }

  counts(): { free: number; used: number; waiting: number } {
    const used = this.#holders.length;
    return { free: this.#slots - used, used, waiting: this.#waiting.length };
  }

  #mayStart(client: string): boolean {
    const used = this.#holders.length;
    return used < this.#sharedSlots || (used < this.#slots && !this.#holders.includes(client));
  }

  /** Removes and returns the first waiter that may start. */
  #shiftNext(): Waiter | undefined {
    const index = this.#waiting.findIndex(({ client }) => this.#mayStart(client));
    return index >= 0 ? this.#waiting.splice(index, 1)[0] : undefined;
  }

  async #wait(client: string): Promise<void> {
    if (this.#waiting.length >= this.#slots * waitingPerSlot) throw tooManyUploads();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      reject(tooManyUploads());
    }, waitMaxMs);
    const start = () => {
      clearTimeout(timer);
      resolve();
    };
    const waiter = { client, start };
    this.#waiting.push(waiter);
    await promise;
  }
}

const tooManyUploads = () =>
  new AppError('unavailable', `Too many uploads are waiting. Try again in ${retryAfterSeconds} seconds.`, {
    retryable: true,
    retryAfterSeconds,
  });
