import type { ErrorCode } from './error-code.ts';

/** An invalid field of an input: a JSON pointer to it (RFC 6901), and what is wrong with it. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** Optional facts of an {@link AppError}. */
export interface AppErrorOptions {
  /** The underlying error. It is logged and never sent to a client. */
  cause?: unknown;
  /** The invalid fields, when the error is about fields of an input. */
  fields?: FieldError[];
  /** Whether the same operation may succeed later without a change. Default: false. */
  retryable?: boolean;
  /** When a client may try again, in seconds from now. */
  retryAfterSeconds?: number;
}

/**
 * The error that packages throw to each other.
 *
 * Callers decide by `code`, never by the text of a message. `publicMessage` may be sent to clients, `cause` may not.
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
