/** Collected requests to shut down. */
export interface ShutdownRequests {
  /** Aborted by the first request, with the request's reason. */
  requested: AbortSignal;
  /** Aborted by a second signal: exit at once, without waiting for running work. */
  forced: AbortSignal;
  /** Requests an orderly shutdown. Repeating it never forces one. */
  request(reason: string): void;
  /** Records a signal. A signal that arrives a second or more after the first one forces the shutdown. */
  signal(name: string): void;
}

/** Signals within this time count as one: a terminal and a package runner both forward a Ctrl-C. */
const repeatWindowMs = 1_000;

/** Creates an empty collection of shutdown requests. `nowMs` is a monotonic clock. */
export function collectShutdownRequests(nowMs: () => number = () => performance.now()): ShutdownRequests {
  const requested = new AbortController();
  const forced = new AbortController();
  let firstSignalMs: number | undefined;
  const request = (reason: string) => {
    if (!requested.signal.aborted) requested.abort(reason);
  };
  const signal = (name: string) => {
    firstSignalMs ??= nowMs();
    request(name);
    if (nowMs() - firstSignalMs >= repeatWindowMs) forced.abort(name);
  };
  return { requested: requested.signal, forced: forced.signal, request, signal };
}
