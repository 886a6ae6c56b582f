/** The log methods that a shutdown uses. A pino logger has them. */
export interface ShutdownLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Whether shutdown was requested. */
export interface ShutdownSignal {
  /** Resolves when shutdown is requested. */
  requested: Promise<void>;
  isRequested: () => boolean;
}

/** Signals within this time count as one, because a terminal and a package runner both forward Ctrl-C. */
const repeatWindowMs = 1_000;
/**
 * How long a process may take to shut down after its parent exited. The parent also ran the database, which stops with
 * it.
 */
const orphanDeadlineMs = 5_000;

/**
 * Listens for SIGTERM, SIGINT, and the exit of a parent that opened an IPC channel.
 *
 * Exits with status 1 on another signal more than a second after the first, and 5 seconds after the parent exited.
 */
export function shutdownSignal(log: ShutdownLog): ShutdownSignal {
  const { promise, resolve } = Promise.withResolvers<void>();
  let requestedAt: number | undefined;
  const request = (reason: string) => {
    if (requestedAt === undefined) {
      requestedAt = performance.now();
      log.info({ reason }, 'shutting down');
      resolve();
    } else if (performance.now() - requestedAt > repeatWindowMs) {
      log.warn({ reason }, 'second shutdown signal, exiting without waiting');
      process.exit(1);
    }
  };
  process.on('SIGTERM', () => request('SIGTERM'));
  process.on('SIGINT', () => request('SIGINT'));
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), orphanDeadlineMs);
    request('parent exited');
  });
  return { requested: promise, isRequested: () => requestedAt !== undefined };
}
