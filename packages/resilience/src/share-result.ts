/**
 * Lets callers share the result of `work`.
 *
 * A call runs `work` when the latest run failed or started more than `maxAgeMs` ago. Otherwise it returns the result of
 * that run, waiting for it if it is still in progress.
 */
export function shareResult<T>(work: () => Promise<T>): (maxAgeMs: number) => Promise<T> {
  let latest: Promise<T> | undefined;
  let startedAt = 0;
  return (maxAgeMs) => {
    if (latest && performance.now() - startedAt <= maxAgeMs) return latest;
    startedAt = performance.now();
    const run = work();
    latest = run;
    run.catch(() => {
      if (latest === run) latest = undefined;
    });
    return run;
  };
}
