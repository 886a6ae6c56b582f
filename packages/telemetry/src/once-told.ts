import type { Logger } from './logger.ts';

/** The order to end. */
export interface Told {
  /** Resolves when the order has come. */
  signal: Promise<void>;
  isTold: () => boolean;
}

/** Signals that come within this time are one: a terminal and a package runner both pass a Ctrl-C on. */
const repeatWindowMs = 1_000;

/**
 * Listens for the order to end: SIGTERM, SIGINT, or the end of a parent that opened an IPC channel. A second signal, a
 * second or more later, ends the process at once with status 1.
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
  process.on('disconnect', () => tell('the parent is gone'));
  return { signal: promise, isTold: () => toldAt !== undefined };
}
