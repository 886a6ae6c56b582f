/** A timer that aborts its signal when it expires. */
export interface Timeout {
  signal: AbortSignal;
  /** Starts the timer again with another length, in milliseconds. */
  restart(ms: number): void;
  stop(): void;
}

/** Starts a timer of `ms` milliseconds. The caller stops it. */
export function startTimeout(ms: number): Timeout {
  const controller = new AbortController();
  const start = (lengthMs: number) =>
    setTimeout(() => controller.abort(new Error(`no progress within ${lengthMs} ms`)), lengthMs);
  let timer = start(ms);
  const stop = () => clearTimeout(timer);
  const restart = (lengthMs: number) => {
    stop();
    timer = start(lengthMs);
  };
  return { signal: controller.signal, restart, stop };
}
