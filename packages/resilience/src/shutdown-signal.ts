/** What a shutdown writes to; pino's logger fits. */
export interface ShutdownLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** The request to shut down. */
export interface ShutdownSignal {
  /** Resolves when shutdown is requested. */
  requested: Promise<void>;
  isRequested: () => boolean;
}

/** Signals within this time count as one: a terminal and a package runner both forward a Ctrl-C. */
const repeatWindowMs = 1_000;
/** How long an orphaned process may take to end: its parent also ran the database, which ends at the same moment. */
const orphanDeadlineMs = 5_000;

/**
 * Listens for SIGTERM, SIGINT, and the exit of a parent that opened an IPC channel.
 *
 * A second signal, one second or more after the first, exits with status 1 at once. So does a shutdown that takes longer
 * than 5 seconds after the parent exited.
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
      log.warn({ reason }, 'second shutdown signal: exiting now');
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
