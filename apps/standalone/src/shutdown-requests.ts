/** Who wants the process to end, and how soon. */
export interface ShutdownRequests {
  /** Aborted by the first request; its reason is the sentence that came with it. */
  requested: AbortSignal;
  /** Aborted when a person insists: nothing is waited for any more. */
  forced: AbortSignal;
  /** A wish to end that is never repeated for emphasis, such as a runner that has gone. */
  request(reason: string): void;
  /** A signal; a second one counts as insisting when it comes a second or more after the first. */
  signal(name: string): void;
}

/** One Ctrl-C can arrive twice, through the terminal and through a runner that passes it on. */
const oneKeyPressMs = 1_000;

/** Collects the requests to end; `nowMs` is a monotonic clock. */
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
    if (nowMs() - firstSignalMs >= oneKeyPressMs) forced.abort(name);
  };
  return { requested: requested.signal, forced: forced.signal, request, signal };
}
