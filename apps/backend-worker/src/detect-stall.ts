/** The signs of progress of a worker. */
export interface ProgressSigns {
  /** Messages that the queue could deliver. Throws if the queue is unavailable. */
  countWaiting: () => Promise<number>;
  /** Messages that are being handled. */
  running: () => number;
  /** Messages that have been handled so far. */
  finished: () => number;
}

/** How long a worker may be idle while messages wait. */
export interface StallThreshold {
  intervalMs: number;
  /** Checks in a row that must all find an idle worker and waiting messages. */
  checks: number;
}

/** Watches the progress of a worker. */
export interface StallDetector {
  /** Resolves when the worker is stalled; otherwise never settles. */
  detected: Promise<void>;
  stop: () => void;
}

/** Half a minute: longer than it takes to detect a dead connection and replace it. */
const defaultThreshold: StallThreshold = { intervalMs: 5_000, checks: 6 };

/**
 * Detects a worker that is idle although messages wait: its connection to the queue is dead, and a new process can
 * recover. An unavailable queue is no stall, since a new process could not reach it either.
 */
export function detectStall(
  signs: ProgressSigns,
  { intervalMs, checks }: StallThreshold = defaultThreshold,
): StallDetector {
  const detected = Promise.withResolvers<void>();
  let idleChecks = 0;
  let finishedBefore = signs.finished();
  let isStopped = false;
  const check = async () => {
    const waiting = await signs.countWaiting().catch(() => 0);
    const isIdle = waiting > 0 && signs.running() === 0 && signs.finished() === finishedBefore;
    finishedBefore = signs.finished();
    idleChecks = isIdle ? idleChecks + 1 : 0;
    if (isStopped) return;
    if (idleChecks >= checks) detected.resolve();
    else timer = setTimeout(check, intervalMs);
  };
  let timer = setTimeout(check, intervalMs);
  const stop = () => {
    isStopped = true;
    clearTimeout(timer);
  };
  return { detected: detected.promise, stop };
}
