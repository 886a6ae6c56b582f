/** Aborts its signal when its time is up. */
export interface Timeout {
  signal: AbortSignal;
  /** Starts over with another length, in milliseconds. */
  restart(ms: number): void;
  stop(): void;
}

/** Starts a timeout of `ms`. The caller stops it. */
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
