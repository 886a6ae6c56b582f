/** What a key has used of its window. */
export interface Usage {
  used: number;
  /** Until the window is over and counting begins anew, in milliseconds. */
  resetMs: number;
}

/** Counts by key in windows of one length; a window begins with the first use after the one before it. */
export interface Counter {
  /** Adds to what a key has used and tells all of it; adding 0 only looks. Throws when the count is out of reach. */
  add(key: string, amount: number): Promise<Usage>;
  /** Lets go of connections. */
  close(): Promise<void>;
}
