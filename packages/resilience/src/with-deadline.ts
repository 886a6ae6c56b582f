import type { ErrorCode } from '@thumbnail-api/errors';
import { AppError } from '@thumbnail-api/errors';

/** What a call that outlives its deadline is called. */
export interface Deadline {
  /** How long the work may take, in milliseconds. */
  deadlineMs: number;
  /** The code of the {@link AppError} thrown when it takes longer. */
  code: ErrorCode;
  /** Its public sentence. */
  message: string;
}

/**
 * Runs `work` and gives its result, or throws once the deadline has passed.
 *
 * The signal handed to `work` is aborted at that moment, so that whatever listens to it lets go. Work that ignores the
 * signal goes on unseen and its late outcome is dropped.
 *
 * @throws AppError `deadline.code`, retryable, when the time is up
 */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new AppError(deadline.code, deadline.message, {
      retryable: true,
      cause: new Error(`no answer within ${deadline.deadlineMs} ms`),
    });
    controller.abort(error);
    late.reject(error);
  }, deadline.deadlineMs);
  try {
    // Adopted into a promise at once: a lazy thenable (a query builder) would run anew at each look at it.
    const running = Promise.resolve(work(controller.signal));
    running.catch(() => undefined);
    return await Promise.race([running, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
