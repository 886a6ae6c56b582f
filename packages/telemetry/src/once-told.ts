import type { Logger } from './logger.ts';

/** The order to end. */
export interface Told {
  /** Resolves when the order has come. */
  signal: Promise<void>;
  isTold: () => boolean;
}

/** Signals that come within this time are one: a terminal and a package runner both pass a Ctrl-C on. */
const repeatWindowMs = 1_000;
/** How long an orphan may take: what its parent ran for it, the database first, ends at the same moment. */
const orphanDeadlineMs = 5_000;

/**
 * Listens for the order to end: SIGTERM, SIGINT, or the end of a parent that opened an IPC channel. A second signal, a
 * second or more later, ends the process at once with status 1; so does an end that outlives the parent by 5 seconds.
 */
export function onceTold(log: Logger): Told {
  const { promise, resolve } = Promise.withResolvers<void>();
  let toldAt: number | undefined;
  const tell = (reason: string) => {
    if (toldAt === undefined) {
      toldAt = performance.now();
      log.info({ reason }, 'told to end');
      resolve();
    } else if (performance.now() - toldAt > repeatWindowMs) {
      log.warn({ reason }, 'told again: ending at once');
      process.exit(1);
    }
  };
  process.on('SIGTERM', () => tell('SIGTERM'));
  process.on('SIGINT', () => tell('SIGINT'));
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), orphanDeadlineMs);
    tell('the parent is gone');
  });
  return { signal: promise, isTold: () => toldAt !== undefined };
}
