/** Ends a request that takes too long. */
export interface Patience {
  signal: AbortSignal;
  /** Begins anew, with another length. */
  renew(ms: number): void;
  stop(): void;
}

/** Begins with `firstMs`; whoever has it stops it. */
export function havePatience(firstMs: number): Patience {
  const controller = new AbortController();
  const begin = (ms: number) => setTimeout(() => controller.abort(new Error(`not there within ${ms} ms`)), ms);
  let timer = begin(firstMs);
  const stop = () => clearTimeout(timer);
  const renew = (ms: number) => {
    stop();
    timer = begin(ms);
  };
  return { signal: controller.signal, renew, stop };
}
