import { withDeadline } from '@thumbnail-api/resilience';
import type { Counter } from './usage-counter.ts';

/** How patient it is. */
export interface Insurance {
  /** How long a shared count may take. */
  answerMs: number;
  /** How long it is left alone after it did not answer. */
  restMs: number;
  /** Called whenever the memory of the process counts instead. */
  onFallback: (error: unknown) => void;
}

/**
 * Counts in `shared`, and in `own` while that does not answer: counting never fails, and costs `answerMs` at most. While
 * `shared` is away one caller in `restMs` tries it again; no other waits for it.
 */
export function withFallback(shared: Counter, own: Counter, { answerMs, restMs, onFallback }: Insurance): Counter {
  const deadline = { deadlineMs: answerMs, code: 'unavailable', message: 'No count in time.' } as const;
  let tryAgainAt = 0;
  let isAway = false;

  return {
    add: async (key, amount) => {
      if (isAway && performance.now() < tryAgainAt) {
        onFallback(undefined);
        return own.add(key, amount);
      }
      tryAgainAt = performance.now() + restMs;
      try {
        const usage = await withDeadline(deadline, () => shared.add(key, amount));
        isAway = false;
        return usage;
      } catch (error) {
        isAway = true;
        tryAgainAt = performance.now() + restMs;
        onFallback(error);
        return own.add(key, amount);
      }
    },
    close: async () => {
      await Promise.all([shared.close(), own.close()]);
    },
  };
}
