import { withDeadline } from '@thumbnail-api/resilience';
import type { UsageCounter } from './usage-counter.ts';

/** When a counter falls back, and how it reports that. */
export interface FallbackOptions {
  /** How long the shared counter may take to answer, in milliseconds. */
  answerMs: number;
  /** How long the shared counter is not called after it failed, in milliseconds. */
  pauseMs: number;
  /** Called for each use that the local counter counts; with the error if the shared counter was called first. */
  onFallback: (error: unknown) => void;
}

/**
 * Counts in `shared`, and in `local` while `shared` is unavailable. Counting never fails and takes at most `answerMs`. While
 * `shared` is unavailable, one caller per `pauseMs` tries it; the others do not wait for it.
 */
export function withFallback(
  shared: UsageCounter,
  local: UsageCounter,
  { answerMs, pauseMs, onFallback }: FallbackOptions,
): UsageCounter {
  const deadline = { deadlineMs: answerMs, code: 'unavailable', message: 'The counter did not answer.' } as const;
  /** When `shared` may be tried again; null while it is available. */
  let retryAt: number | null = null;

  return {
    add: async (key, amount) => {
      const now = performance.now();
      if (retryAt !== null && now < retryAt) {
        onFallback(undefined);
        return local.add(key, amount);
      }
      // Until this call has an outcome, all others fall back.
      if (retryAt !== null) retryAt = now + pauseMs;
      try {
        const usage = await withDeadline(deadline, () => shared.add(key, amount));
        retryAt = null;
        return usage;
      } catch (error) {
        retryAt = performance.now() + pauseMs;
        onFallback(error);
        return local.add(key, amount);
      }
    },
    close: async () => {
      await Promise.all([shared.close(), local.close()]);
    },
  };
}
