import { pino } from 'pino';

/** The least severe level that is logged. `silent` logs nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Writes one line of JSON per event to standard output. A child logger adds its fields to every line. */
export type Logger = pino.Logger;

/** The logged fields of an error. Drivers attach whole clients, with their secrets, to errors; those are not logged. */
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

/** Creates the logger of a process. `part` is the name of the process: `api` or `worker`. */
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
