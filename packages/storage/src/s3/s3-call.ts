import { S3ServiceException } from '@aws-sdk/client-s3';
import { withDeadline } from '@thumbnail-api/resilience';
import { guardCall } from '../guard-call.ts';
import { unavailableMessage } from '../storage-unavailable.ts';

/** What ends a call on S3 before its time. */
export interface S3CallLimits {
  /** The whole call with its retries, in milliseconds. */
  deadlineMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Runs one request on S3; the signal given to `work` is aborted with the caller's own and at the deadline.
 *
 * @throws AppError `storage_unavailable` for every answer that `work` does not take; the reason of the caller's signal
 */
export function callS3<T>(
  operation: string,
  { deadlineMs, signal }: S3CallLimits,
  work: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = { deadlineMs, code: 'storage_unavailable', message: unavailableMessage } as const;
  return guardCall(operation, signal, () =>
    withDeadline(deadline, (late) => work(signal ? AbortSignal.any([late, signal]) : late)),
  );
}

/** Says whether S3 answered that there is no such object; a bucket that is missing is another matter. */
export const isAbsent = (error: unknown): boolean => hasStatus(error, 404) && error.name !== 'NoSuchBucket';

/** Says whether S3 answered with this HTTP status. */
export const hasStatus = (error: unknown, status: number): error is S3ServiceException =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
