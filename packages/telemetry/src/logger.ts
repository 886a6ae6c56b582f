import { pino } from 'pino';

/** How much is said: `silent` says nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** One line of JSON per event on standard output; a child carries its fields onto every line. */
export type Logger = pino.Logger;

/** What a line says of an error: drivers hang whole clients, with their secrets, onto theirs. */
interface DescribedError {
  type: string;
  message: string;
  code?: unknown;
  stack: string | undefined;
  cause?: DescribedError | unknown;
}

function describeError(error: unknown): DescribedError | unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && { code: error.code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/** Makes the logger of one process; `part` names it (`api`, `worker`). */
export function createLogger(part: string, level: LogLevel): Logger {
  return pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: describeError },
    redact: ['authorization', 'cookie', '*.authorization', '*.cookie', 'password', '*.password'],
  });
}
