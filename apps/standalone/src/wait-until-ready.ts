import { get } from 'node:http';
import { retry } from '@thumbnail-api/resilience';

/** A readiness endpoint: it answers 200 when its process is ready. */
export interface ReadinessTarget {
  /** Name of the process in messages. */
  name: string;
  url: string;
}

const pollMs = 50;
const requestTimeoutMs = 2_000;

/**
 * Polls every target until it is ready, for at most `deadlineMs` or until `cancelled` is aborted.
 *
 * Returns the targets that are not ready.
 */
export async function waitUntilReady(
  targets: ReadinessTarget[],
  deadlineMs: number,
  cancelled: AbortSignal,
): Promise<ReadinessTarget[]> {
  const options = { pauseMs: () => pollMs, deadlineMs, isRetryable: () => !cancelled.aborted };
  const outcomes = await Promise.allSettled(targets.map(({ url }) => retry(() => requestReadiness(url), options)));
  return targets.filter((_, index) => outcomes[index]?.status === 'rejected');
}

/**
 * Rejects unless the answer is 200.
 *
 * It does not use `fetch`, which in Bun sends even local requests through `HTTP_PROXY`.
 */
function requestReadiness(url: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = get(url, { timeout: requestTimeoutMs, agent: false }, (response) => {
    response.resume();
    if (response.statusCode === 200) resolve();
    else reject(new Error(`status ${response.statusCode}`));
  });
  request.once('timeout', () => request.destroy());
  request.once('error', reject);
  request.once('close', () => reject(new Error('no answer')));
  return promise;
}
