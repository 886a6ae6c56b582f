import { AppError } from '@thumbnail-api/errors';
import { backOff } from './back-off.ts';
import { OutageLog, type OutageLogger } from './outage-log.ts';
import { retry } from './retry.ts';

const pauses = { firstMs: 250, longestMs: 5_000 };

/**
 * Runs `check` until it succeeds, however long its dependency is unavailable. Logs one line when it begins to wait and one when
 * it ends. Gives up when `isCancelled`.
 *
 * @throws the first error that is not a retryable `unavailable`: waiting would not help
 */
export async function waitUntilAvailable(
  check: () => Promise<void>,
  log: OutageLogger,
  isCancelled: () => boolean,
): Promise<void> {
  const outage = new OutageLog(log, {
    begin: 'a dependency is unavailable, waiting for it',
    end: 'all dependencies are available, starting',
  });
  const isRetryable = (error: unknown) => {
    if (!(error instanceof AppError && error.code === 'unavailable' && error.retryable)) return false;
    outage.failed(error);
    return !isCancelled();
  };
  await retry(check, { pauseMs: (tries) => backOff(pauses, tries), isRetryable });
  outage.worked();
}
