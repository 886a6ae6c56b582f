/** Buffers of one size that are used again. */
export interface BufferPool {
  /** Lends a buffer to `work` until that has ended. */
  lend<T>(work: (buffer: Buffer) => Promise<T>): Promise<T>;
}

/**
 * Makes a pool that has as many buffers of `bytes` bytes as were ever lent at a time.
 *
 * Megabytes that are allocated anew for every upload wait for the collector: sixteen uploads at a time then hold hundreds of
 * them, and each costs the time to map its pages.
 */
export function poolBuffers(bytes: number): BufferPool {
  const free: Buffer[] = [];
  return {
    lend: async (work) => {
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(bytes);
      try {
        return await work(buffer);
      } finally {
        free.push(buffer);
      }
    },
  };
}
