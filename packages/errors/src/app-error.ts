import type { ErrorCode } from './error-code.ts';

/** One fault of an input: an RFC 6901 pointer to the field, and what is wrong with it. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** What an {@link AppError} may carry beside its code and its public sentence. */
export interface AppErrorOptions {
  /** The foreign error behind it: for logs, never for clients. */
  cause?: unknown;
  /** The fields at fault, where the input had several. */
  fields?: FieldError[];
  /** May the same thing succeed later with no change? Default: no. */
  retryable?: boolean;
  /** Seconds after which a client may try again. */
  retryAfterSeconds?: number;
}

/**
 * The one error that crosses a package border.
 *
 * `code` decides what happens next, `publicMessage` is safe to show to anyone, `cause` stays in the logs.
 * Made where the fact is known; nothing reads the text of an error to classify it.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly fields: FieldError[];
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: AppErrorOptions = {}) {
    super(`${code}: ${publicMessage}`, { cause: options.cause });
    this.code = code;
    this.publicMessage = publicMessage;
    this.fields = options.fields ?? [];
    this.retryable = options.retryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
