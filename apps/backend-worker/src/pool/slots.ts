/** A fixed number of things of which each is used by one at a time. */
export interface Slots<T> {
  /** The next free thing; first come, first served. Throws the reason of the signal, or of {@link Slots.close}. */
  acquire: (signal: AbortSignal | undefined) => Promise<T>;
  /** Gives a thing back, to whoever has waited longest. */
  release: (thing: T) => void;
  /** Turns away all who wait and all who come, with that reason. */
  close: (reason: () => unknown) => void;
}

/** Hands out `things`; all are free at first. */
export function createSlots<T>(things: readonly T[]): Slots<T> {
  const free = [...things];
  const waiting = new Set<PromiseWithResolvers<T>>();
  let closed: (() => unknown) | null = null;

  async function acquire(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (closed) throw closed();
    const thing = free.shift();
    if (thing !== undefined) return thing;
    const place = Promise.withResolvers<T>();
    waiting.add(place);
    const leave = () => {
      if (waiting.delete(place)) place.reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    return await place.promise.finally(() => signal?.removeEventListener('abort', leave));
  }

  function release(thing: T): void {
    const [next] = waiting;
    if (!next) {
      free.push(thing);
      return;
    }
    waiting.delete(next);
    next.resolve(thing);
  }

  function close(reason: () => unknown): void {
    closed = reason;
    for (const place of waiting) place.reject(reason());
    waiting.clear();
  }

  return { acquire, release, close };
}
