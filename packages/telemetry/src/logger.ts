import { pino } from 'pino';

/** How much is said: `silent` says nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** One line of JSON per event on standard output; a child carries its fields onto every line. */
export type Logger = pino.Logger;

/** Makes the logger of one process; `part` names it (`api`, `worker`). */
export function createLogger(part: string, level: LogLevel): Logger {
  return pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.errWithCause },
    redact: ['authorization', 'cookie', '*.authorization', '*.cookie', 'password', '*.password'],
  });
}
