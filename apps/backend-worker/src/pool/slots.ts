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
   * Returns the next free item. The caller releases it.
   *
   * @throws the reason of the signal, or of {@link Slots.close}
   */
  async acquire(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closeReason) throw this.#closeReason();
    const item = this.#free.shift();
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
