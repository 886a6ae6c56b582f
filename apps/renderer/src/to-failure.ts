import { AppError, internalErrorMessage } from '@thumbnail-api/errors';
import { type RenderFailure, renderFailureCodes } from '@thumbnail-api/renderer-protocol';

const causeMaxChars = 2_000;

/** Converts the error of a task to its failure. An error with another code than a renderer's is an `internal_error`. */
export function toFailure(error: unknown): RenderFailure {
  const code = error instanceof AppError ? renderFailureCodes.find((known) => known === error.code) : undefined;
  return code && error instanceof AppError
    ? { code, message: error.publicMessage, cause: toText(error.cause) }
    : { code: 'internal_error', message: internalErrorMessage, cause: toText(error) };
}

function toText(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return text.slice(0, causeMaxChars);
}
