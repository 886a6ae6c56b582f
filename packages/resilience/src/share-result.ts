/**
 * Shares the result of `work` between callers: a call runs `work` only when the latest run started more than `maxAgeMs`
 * ago or failed. Callers that arrive during a run wait for it.
 */
export function shareResult<T>(work: () => Promise<T>): (maxAgeMs: number) => Promise<T> {
  let shared: Promise<T> | undefined;
  let startedAt = 0;
  return (maxAgeMs) => {
    if (shared && performance.now() - startedAt <= maxAgeMs) return shared;
    startedAt = performance.now();
    const started = work();
    shared = started;
    started.catch(() => {
      if (shared === started) shared = undefined;
    });
    return started;
  };
}
