/** The messages that are at work in this process. */
export interface RunningJobs {
  /** Does `work`, and counts it for as long as it lasts. */
  count<T>(work: () => Promise<T>): Promise<T>;
  /** How many there are now. */
  size(): number;
  /** How many have ended so far. */
  ended(): number;
  /** Returns when none is left. */
  drained(): Promise<void>;
}

/** Starts to count, from nothing. */
export function trackRunningJobs(): RunningJobs {
  const running = new Set<Promise<unknown>>();
  let ended = 0;
  return {
    async count(work) {
      const promise = work();
      running.add(promise);
      try {
        return await promise;
      } finally {
        running.delete(promise);
        ended += 1;
      }
    },
    size: () => running.size,
    ended: () => ended,
    async drained() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
