/** When to try again, and how often. */
export interface RetryOptions {
  /** Pause after the try with this number, counted from 1, in milliseconds. */
  pauseMs: (tries: number) => number;
  /** Tries in all. Default: no limit. */
  triesMax?: number;
  /** Gives up when the next try would start later than this after the first, in milliseconds. Default: no limit. */
  deadlineMs?: number;
  /** Whether another try can help. Default: always. */
  isRetryable?: (error: unknown) => boolean;
}

/**
 * Runs `work` until it succeeds, an error is not retryable, or the tries or the time are used up.
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
