/** Items that are each used by one caller at a time. Callers get them in the order in which they asked. */
export class Slots<T> {
  readonly #free: T[];
  readonly #waiting = new Set<PromiseWithResolvers<T>>();
  #closeReason: (() => unknown) | null = null;

  /** All items are free at first. */
  constructor(items: readonly T[]) {
    this.#free = [...items];
  }

  /**
   * Returns the free item of the lowest rank, of equal ones that which was free longest; or the next that becomes free. The
   * caller releases it.
   *
   * @throws the reason of the signal, or of {@link Slots.close}
   */
  async acquire(signal: AbortSignal | undefined, rank: (item: T) => number = () => 0): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closeReason) throw this.#closeReason();
    const ranks = this.#free.map(rank);
    const [item] = this.#free.splice(ranks.indexOf(Math.min(...ranks)), 1);
    if (item !== undefined) return item;
    const turn = Promise.withResolvers<T>();
    this.#waiting.add(turn);
    const leave = () => {
      if (this.#waiting.delete(turn)) turn.reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    return await turn.promise.finally(() => signal?.removeEventListener('abort', leave));
  }

  /** Gives an item back, to the caller that has waited longest. */
  release(item: T): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free.push(item);
      return;
    }
    this.#waiting.delete(next);
    next.resolve(item);
  }

  /** Rejects all callers that wait and all that ask later, with that reason. */
  close(reason: () => unknown): void {
    this.#closeReason = reason;
    for (const turn of this.#waiting) turn.reject(reason());
    this.#waiting.clear();
  }
}
