/** Lets a bounded number of uploads be read at a time; the others wait their turn, unread. */
export interface UploadSlots {
  /** Waits for a free slot and gives the function that frees it again; freeing twice is freeing once. */
  acquire(): Promise<() => void>;
  /** How many are free, how many are taken, how many uploads wait for one. */
  free(): number;
  used(): number;
  waiting(): number;
}

/** Makes `count` slots. */
export function createUploadSlots(count: number): UploadSlots {
  const waiting: (() => void)[] = [];
  let free = count;
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async acquire() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let held = true;
      return () => {
        if (held) release();
        held = false;
      };
    },
    free: () => free,
    used: () => count - free,
    waiting: () => waiting.length,
  };
}
