import { retry, withDeadline } from '@thumbnail-api/resilience';
import { callStore } from '../call-store.ts';
import { storageDeadline } from '../storage-unavailable.ts';
import { isTransient } from './s3-error.ts';

/** What ends a call early. */
export interface S3CallLimits {
  /** The deadline for the whole call with its retries, in milliseconds. */
  deadlineMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Runs one call on S3. The signal given to `work` is aborted at the deadline and with the signal of the caller.
 *
 * @throws AppError `storage_unavailable` for every error of S3 and at the deadline; the reason of the caller's signal
 */
export const callS3 = <T>(
  operation: string,
  { deadlineMs, signal }: S3CallLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  callStore(operation, signal, () =>
    withDeadline(storageDeadline(deadlineMs), (late) => work(signal ? AbortSignal.any([late, signal]) : late)),
  );

const triesMax = 3;
const pauseMs = 100;

/**
 * Runs `work` up to three times, as the SDK does, with a growing, random pause between the tries.
 *
 * @throws the error of the last try, or the first error that is not transient
 */
export const retryS3 = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
  retry(work, {
    triesMax,
    pauseMs: (tries) => Math.random() * pauseMs * 2 ** tries,
    isRetryable: (error) => !signal.aborted && isTransient(error),
  });
