import { AppError, internalErrorMessage, isJobErrorCode } from '@thumbnail-api/errors';
import type { RenderFailure } from '@thumbnail-api/renderer-protocol';

const causeMaxChars = 2_000;

/** Converts the error of a task to its failure. An error without a code of a job is a retryable `internal_error`. */
export function toFailure(error: unknown): RenderFailure {
  if (error instanceof AppError && isJobErrorCode(error.code))
    return { code: error.code, message: error.publicMessage, retryable: error.retryable, cause: toText(error.cause) };
  return {
    code: 'internal_error',
    message: internalErrorMessage,
    retryable: true,
    cause: toText(error),
  };
}

function toText(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return text.slice(0, causeMaxChars);
}
