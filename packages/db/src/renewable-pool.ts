import { AppError } from '@thumbnail-api/errors';
import { type Deadline, withDeadline } from '@thumbnail-api/resilience';
import { isReadOnly, isUnavailable, unavailableMessage } from './database-error.ts';
import type { Pool } from './open-pool.ts';

/**
 * A connection pool that is replaced when its connections can no longer be used: they stopped answering, or lead to a
 * server that has become read-only.
 */
export class RenewablePool {
  readonly #open: () => Pool;
  readonly #answerMs: number;
  #current: Pool;

  /** `answerMs` is the deadline of a call, and how long the calls on a replaced pool may take to end. */
  constructor(open: () => Pool, answerMs: number) {
    this.#open = open;
    this.#answerMs = answerMs;
    this.#current = open();
  }

  /**
   * Runs `work` on the current pool. The signal is aborted at the deadline.
   *
   * @throws AppError `unavailable`, retryable, when Postgres is unavailable or late; what `work` throws
   */
  async run<T>(work: (pool: Pool, signal: AbortSignal) => PromiseLike<T>, deadlineMs = this.#answerMs): Promise<T> {
    const pool = this.#current;
    const deadline: Deadline = { deadlineMs, code: 'unavailable', message: unavailableMessage };
    let isLate = false;
    try {
      return await withDeadline(deadline, (signal) => {
        signal.addEventListener('abort', () => {
          isLate = true;
        });
        return work(pool, signal);
      });
    } catch (error) {
      if (isLate || isReadOnly(error)) this.#replace(pool);
      if (!isUnavailable(error)) throw error;
      throw new AppError('unavailable', unavailableMessage, { cause: error, retryable: true });
    }
  }

  /** Closes the connections within 2 seconds. */
  async close(): Promise<void> {
    await this.#current.client.end({ timeout: 2 });
  }

  /** Does nothing when a concurrent call has replaced `failed` already. */
  #replace(failed: Pool): void {
    if (this.#current !== failed) return;
    this.#current = this.#open();
    failed.client.end({ timeout: this.#answerMs / 1_000 }).catch(() => undefined);
  }
}
