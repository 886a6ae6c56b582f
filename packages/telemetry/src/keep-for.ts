/**
 * Does `work` at most once in `keepMs`, however many ask: they share its answer, also while it is still on its way. A
 * failure is not kept.
 */
export function keepFor<T>(keepMs: number, work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (!kept || performance.now() > until) {
      const begun = work();
      begun.catch(() => {
        if (kept === begun) kept = undefined;
      });
      kept = begun;
      until = performance.now() + keepMs;
    }
    return kept;
  };
}
