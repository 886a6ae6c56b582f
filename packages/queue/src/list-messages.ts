import { HeldMessages } from './held-messages.ts';

const pageSize = 10_000;
const intervalMs = 5_000;
/** How many times longer the pause after a list is than the list took. */
const pauseRatio = 20;

/** Lists the messages of a queue, page by page, and not too often. */
export class ListMessages {
  readonly #readPage: (from: number, to: number) => Promise<string[]>;
  #pausedUntil = 0;

  /** `readPage` returns the ids of the messages from one index to another of each list, both included. */
  constructor(readPage: (from: number, to: number) => Promise<string[]>) {
    this.#readPage = readPage;
  }

  /** Returns the messages, or null during the pause after the latest list. */
  async read(): Promise<HeldMessages | null> {
    if (performance.now() < this.#pausedUntil) return null;
    const held = new HeldMessages();
    for (let from = 0; ; from += pageSize) {
      const ids = await this.#readPage(from, from + pageSize - 1);
      for (const id of ids) held.add(id);
      if (ids.length < pageSize) break;
    }
    this.#pausedUntil = performance.now() + Math.max(intervalMs, pauseRatio * held.ageMs);
    return held;
  }
}
