/** The first pause and the longest one, in milliseconds. */
export interface BackOff {
  firstMs: number;
  longestMs: number;
}

/** Returns the pause after try number `tries`: it doubles, and up to a quarter of it is random. The first try is number 1. */
export function backOff({ firstMs, longestMs }: BackOff, tries: number): number {
  const pauseMs = Math.min(longestMs, firstMs * 2 ** (tries - 1));
  return pauseMs * (1 - Math.random() / 4);
}
