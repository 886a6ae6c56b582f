import { setImmediate } from 'node:timers/promises';
import { AppError } from '@thumbnail-api/errors';

/** The right of a request to be worked on. */
export interface Turn {
  /** Lets the next request of the client start. Idempotent. */
  release(): void;
  /** Lets others of the client start while this request waits for `work`, and returns when it is its turn again. */
  pauseFor<T>(work: () => Promise<T>): Promise<T>;
}

interface Client {
  working: number;
  waiting: (() => void)[];
}

const waitMaxMs = 30_000;
const retryAfterSeconds = 2;

/** Lets each client have so many requests worked on at a time; its others wait, and those of other clients do not. */
export class Turns {
  readonly #turnsMax: number;
  /** Those with a request in work. */
  readonly #clients = new Map<string, Client>();

  constructor(turnsMax: number) {
    this.#turnsMax = turnsMax;
  }

  /**
   * Returns when it is the turn of a request of this client, in the order of its requests.
   *
   * @throws AppError `unavailable` after 30 seconds
   */
  async acquire(name: string): Promise<Turn> {
    const client = this.#clients.get(name) ?? { working: 0, waiting: [] };
    this.#clients.set(name, client);
    if (client.working >= this.#turnsMax) await waitFor(client);
    else client.working += 1;
    let release = once(() => this.#release(name, client));
    return {
      release: () => release(),
      pauseFor: async (work) => {
        release();
        const result = await work();
        const turn = await this.acquire(name);
        release = turn.release;
        return result;
      },
    };
  }

  /** Hands the turn over to the next request of the client, if one waits. */
  #release(name: string, client: Client): void {
    const next = client.waiting.shift();
    if (next) next();
    else client.working -= 1;
    if (client.working === 0) this.#clients.delete(name);
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

async function waitFor({ waiting }: Client): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    waiting.splice(waiting.indexOf(resolve), 1);
    const detail = `Too many requests of this client are waiting. Try again in ${retryAfterSeconds} seconds.`;
    reject(new AppError('unavailable', detail, { retryable: true, retryAfterSeconds }));
  }, waitMaxMs);
  waiting.push(resolve);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
  // Requests of others that have arrived in the meantime go first.
  await setImmediate();
}
