/** What a key has used of its window. */
export interface Usage {
  used: number;
  /** Until the window ends and the count starts over at zero, in milliseconds. */
  resetMs: number;
}

/** Counts usage by key in windows of a fixed length. A window starts with the first use after the previous one ended. */
export interface UsageCounter {
  /**
   * Adds to what a key has used and returns the total; an amount of 0 only reads it.
   *
   * @throws when the counter is unavailable
   */
  add(key: string, amount: number): Promise<Usage>;
  /** Closes its connections. */
  close(): Promise<void>;
}
