/** How often to try, how long to pause between tries, and which errors to retry. */
export interface RetryOptions {
  /** The pause after try number `tries`, in milliseconds. The first try is number 1. */
  pauseMs: (tries: number) => number;
  /** The total number of tries. Default: no limit. */
  triesMax?: number;
  /** No try starts later than this after the first one, in milliseconds. Default: no limit. */
  deadlineMs?: number;
  /** Whether another try may succeed. Default: always. */
  isRetryable?: (error: unknown) => boolean;
}

/**
 * Runs `work` until it succeeds, throws an error that is not retryable, or runs out of tries or time.
 *
 * @throws the error of the last try
 */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { pauseMs, triesMax = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const { isRetryable = () => true } = options;
  const startedAt = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const pause = pauseMs(tries);
      const isLate = performance.now() - startedAt + pause > deadlineMs;
      if (tries >= triesMax || isLate || !isRetryable(error)) throw error;
      await Bun.sleep(pause);
    }
  }
}
