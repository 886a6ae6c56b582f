import { AppError } from '@thumbnail-api/errors';

const firstPauseMs = 100;
/** Within the lease of the run that is settled; its fence makes a later try harmless, but no longer useful. */
const patienceMs = 6_000;

/**
 * Does an update that is safe to do twice, and does it again while the database is away for a moment: what a run has made
 * shall not be lost for want of its last word.
 *
 * @throws what the last try threw, after 6 s or at once where trying again is no use
 */
export async function retryUpdate<T>(update: () => Promise<T>): Promise<T> {
  const end = performance.now() + patienceMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    try {
      return await update();
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'unavailable' && error.retryable;
      if (!isAway || performance.now() + pauseMs > end) throw error;
      await Bun.sleep(pauseMs);
      pauseMs *= 2;
    }
  }
}
