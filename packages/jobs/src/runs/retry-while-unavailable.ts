import { AppError } from '@thumbnail-api/errors';
import { retry } from '@thumbnail-api/resilience';

const firstPauseMs = 100;
/** Shorter than a lease: once the lease is lost, the update would be rejected anyway. */
const deadlineMs = 6_000;

/**
 * Retries an idempotent update while the database is unavailable, so that a short outage does not discard a finished run.
 *
 * @throws the error of the last try, after 6 s or as soon as an error is not retryable
 */
export const retryWhileUnavailable = <T>(update: () => Promise<T>): Promise<T> =>
  retry(update, {
    pauseMs: (tries) => firstPauseMs * 2 ** (tries - 1),
    deadlineMs,
    isRetryable: (error) => error instanceof AppError && error.code === 'unavailable' && error.retryable,
  });
