/** What one owner may have at a time; 0 means unlimited. */
export interface OwnerBounds {
  /** Jobs that have not ended. */
  unfinishedJobs: number;
  /** Bytes of originals. */
  storedBytes: number;
}

/** No bounds. */
export const unbounded: OwnerBounds = { unfinishedJobs: 0, storedBytes: 0 };
