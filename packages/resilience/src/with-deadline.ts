import { AppError, type ErrorCode } from '@thumbnail-api/errors';

/** How long work may take, and the error that is thrown when it takes longer. */
export interface Deadline {
  deadlineMs: number;
  code: ErrorCode;
  /** The public message of the error. */
  message: string;
}

/**
 * Runs `work` and returns its result, or throws when the deadline passes first.
 *
 * At the deadline the signal given to `work` is aborted with the error that is thrown. Work that ignores the signal
 * continues, and its result is discarded.
 *
 * @throws AppError `deadline.code`, retryable, at the deadline
 */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
  const controller = new AbortController();
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new AppError(deadline.code, deadline.message, {
      retryable: true,
      cause: new Error(`no answer within ${deadline.deadlineMs} ms`),
    });
    controller.abort(error);
    expired.reject(error);
  }, deadline.deadlineMs);
  try {
    // A query builder is a thenable that runs its query at each `then`: converting it to a promise runs it once.
    const running = Promise.resolve(work(controller.signal));
    running.catch(() => undefined);
    return await Promise.race([running, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
